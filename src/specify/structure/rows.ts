import type { SqlValue, Statements } from "../database.ts";

/** A row by column name. Columns that are left out get the database's own default, which is mostly NULL. */
export type NewRow = Readonly<Record<string, SqlValue>>;

/**
 * Inserts one row with the timestamps and the version that Specify itself gives each; returns its AUTO_INCREMENT number.
 * Booleans go in as 0 and 1: these columns are tinyint(1), or bit(1) in databases that came from Specify 6, and take both.
 */
export function insertRow(statements: Statements, table: string, row: NewRow): Promise<number> {
  const columns = Object.keys(row);
  return statements.insert(
    `INSERT INTO ${table} (${columns.join(", ")}, TimestampCreated, TimestampModified, version)
     VALUES (${columns.map(() => "?").join(", ")}, UTC_TIMESTAMP(6), UTC_TIMESTAMP(6), 0)`,
    Object.values(row),
  );
}

/**
 * The next number of a table whose numbers Specify itself gives: the largest plus one. Nobody else can insert into
 * the table until the transaction ends.
 */
export async function nextScopeId(
  statements: Statements,
  table: "division" | "discipline" | "collection",
): Promise<number> {
  const [row] = await statements.query<{ next: number }>(
    `SELECT COALESCE(MAX(usergroupscopeid), 0) + 1 AS next FROM ${table} FOR UPDATE`,
  );
  return Number(row?.next ?? 1);
}
