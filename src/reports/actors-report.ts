import { z } from "zod";
import { commonReportFields, count, errorLines, truncationsField } from "./report.ts";

const counts = z.record(z.string(), count);

/** The report of Migrate MUSIT Actors. Its counts must add up, or it is not written. */
export const actorsReportSchema = z
  .object({
    ...commonReportFields,
    flow: z.literal("migrate_musit_agents"),
    migration_phase: z.literal("1.1"),
    musit_schemas: z.array(z.string()),
    /** Rows of ACTOR, in all schemas. */
    oracle_actors_extracted: count,
    oracle_rows_per_schema: counts,
    /** By ACTOR_TYPE: "0", "1", "2", "null", and whatever else stands there. */
    oracle_actor_type_counts: counts,
    agents_created: count,
    /** Already in Specify: found by the marker in their Remarks. */
    agents_skipped: count,
    /** None: collection agents do not log in. */
    agents_linked: z.literal(0),
    schemas_processed: z.array(z.string()),
    /** Actors that did not go in. */
    error_count: count,
    errors: errorLines,
    truncations: truncationsField,
  })
  .superRefine((report, context) => {
    const all = report.oracle_actors_extracted;
    const { agents_created, agents_skipped, error_count } = report;
    const sums = {
      "agents_created + agents_skipped + error_count": agents_created + agents_skipped + error_count,
      "oracle_rows_per_schema together": sum(report.oracle_rows_per_schema),
      "oracle_actor_type_counts together": sum(report.oracle_actor_type_counts),
    };
    for (const [name, value] of Object.entries(sums)) {
      if (value === all) continue;
      context.addIssue({
        code: "custom",
        message: `oracle_actors_extracted is ${all}, but ${name} is ${value}`,
      });
    }
  });

export type ActorsReport = z.infer<typeof actorsReportSchema>;

function sum(values: Readonly<Record<string, number>>): number {
  return Object.values(values).reduce((a, b) => a + b, 0);
}
