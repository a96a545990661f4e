import type { OraclePool } from "../../oracle/pool.ts";
import type { OracleSettings } from "../../oracle/settings.ts";
import { SOURCE_COLUMNS } from "./oracle-actors.ts";
import type { MusitSchema } from "./schemas.ts";

/** Every table and column that is missing of those that the actors of these schemas are read from. */
export async function findMissing(pool: OraclePool, schemas: readonly MusitSchema[]): Promise<string[]> {
  await using lease = await pool.lease();
  const missing: string[] = [];
  for (const schema of schemas) {
    for (const [table, columns] of Object.entries(SOURCE_COLUMNS)) {
      const rows = await lease.session.query(
        "SELECT COLUMN_NAME FROM ALL_TAB_COLUMNS WHERE OWNER = :1 AND TABLE_NAME = :2",
        [schema, table],
        `looking for the columns of ${schema}.${table}`,
      );
      const present = new Set(rows.map((row) => row.COLUMN_NAME));
      if (present.size === 0) missing.push(`${schema}.${table}`);
      else
        missing.push(...columns.filter((one) => !present.has(one)).map((one) => `${schema}.${table}.${one}`));
    }
  }
  return missing;
}

/** @throws Error that names all that is missing at once */
export function refuseMissing(missing: readonly string[], { environment, user }: OracleSettings): void {
  if (missing.length === 0) return;
  throw new Error(
    `Oracle ${environment} lacks what the migration reads, or its user ${user} may not see it: ` +
      `${missing.join(", ")}. Nothing was written. Ask the Oracle administrator for SELECT on both tables of each schema, ` +
      "or leave the schema out of musit_schemas.",
  );
}
