import { z } from "prefect-ts";
import { MUSIT_SCHEMAS } from "./schemas.ts";

/** The parameter `musit_schemas`; null, as the old deployments may have it, means all. */
export const musitSchemasParameter = z
  .array(z.enum(MUSIT_SCHEMAS))
  .min(1, "name at least one schema, or leave it out for both")
  .refine((schemas) => new Set(schemas).size === schemas.length, "a schema is named twice")
  .nullable()
  .default([...MUSIT_SCHEMAS])
  .describe(`Which schemas to read: ${MUSIT_SCHEMAS.join(", ")}.`);
