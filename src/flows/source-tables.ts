import type { OracleSession } from "../oracle/session.ts";
import type { OracleSettings } from "../oracle/settings.ts";

/** Tables that a migration reads, by `OWNER.TABLE`, each with the columns that it reads. */
export type SourceTables = Readonly<Record<string, readonly string[]>>;

/** Every table (`OWNER.TABLE`) and column (`OWNER.TABLE.COLUMN`) of these that the account does not see. */
export async function missingTables(session: OracleSession, tables: SourceTables): Promise<string[]> {
  const missing: string[] = [];
  for (const [name, columns] of Object.entries(tables)) {
    const rows = await session.query(
      "SELECT COLUMN_NAME FROM ALL_TAB_COLUMNS WHERE OWNER = :1 AND TABLE_NAME = :2",
      name.split("."),
      `looking for the columns of ${name}`,
    );
    const present = new Set(rows.map((row) => row.COLUMN_NAME));
    if (present.size === 0) missing.push(name);
    else missing.push(...columns.filter((one) => !present.has(one)).map((one) => `${name}.${one}`));
  }
  return missing;
}

/** @throws Error that names all that is missing at once. @param advice  what the operator can do, as sentences */
export function refuseMissing(
  missing: readonly string[],
  { environment, user }: OracleSettings,
  advice: string,
): void {
  if (missing.length === 0) return;
  throw new Error(
    `Oracle ${environment} lacks what the migration reads, or its user ${user} may not see it: ` +
      `${missing.join(", ")}. Nothing was written. ${advice}`,
  );
}
