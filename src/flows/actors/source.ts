import type { OraclePool } from "../../oracle/pool.ts";
import type { OracleSettings } from "../../oracle/settings.ts";
import { missingTables, refuseMissing as refuse } from "../source-tables.ts";
import { SOURCE_COLUMNS } from "./oracle-actors.ts";
import type { MusitSchema } from "./schemas.ts";

/** Every table and column that is missing of those that the actors of these schemas are read from. */
export async function findMissing(pool: OraclePool, schemas: readonly MusitSchema[]): Promise<string[]> {
  await using lease = await pool.lease();
  const tables = schemas.flatMap((schema) =>
    Object.entries(SOURCE_COLUMNS).map(([table, columns]) => [`${schema}.${table}`, columns] as const),
  );
  return await missingTables(lease.session, Object.fromEntries(tables));
}

/** What an operator can do about missing tables of actors. */
export const ACTOR_TABLES_ADVICE =
  "Ask the Oracle administrator for SELECT on both tables of each schema, or leave the schema out of musit_schemas.";

/** @throws Error that names all that is missing at once */
export function refuseMissing(missing: readonly string[], settings: OracleSettings): void {
  refuse(missing, settings, ACTOR_TABLES_ADVICE);
}
