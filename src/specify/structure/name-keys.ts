import type { Statements } from "../database.ts";

/** A column that names are compared in, and the names to compare with. */
export interface NameColumn {
  table: string;
  column: string;
}

const NAMES_A_QUERY = 500;

/**
 * The key of each name: two names have the same key when this column takes them for equal, as Specify itself does when it asks for a name
 * "ignoring case". The column's collation decides; many take "Ål" and "al" for one name, so comparing here would not do.
 */
export async function nameKeys(
  database: Statements,
  { table, column }: NameColumn,
  names: readonly string[],
): Promise<Map<string, string>> {
  const [found] = await database.query<{ collation_name: string }>(
    `SELECT COLLATION_NAME AS collation_name FROM information_schema.COLUMNS
      WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = ? AND COLUMN_NAME = ?`,
    [table, column],
  );
  const collation = found?.collation_name ?? "utf8mb4_general_ci";
  const characterSet = collation.split("_")[0] ?? "utf8mb4";
  const key = `HEX(WEIGHT_STRING(LOWER(TRIM(CONVERT(? USING ${characterSet}))) COLLATE ${collation}))`;
  const keys = new Map<string, string>();
  for (let start = 0; start < names.length; start += NAMES_A_QUERY) {
    const some = names.slice(start, start + NAMES_A_QUERY);
    const sql = some.map((_name, index) => `SELECT ${index} AS i, ${key} AS k`).join(" UNION ALL ");
    for (const { i, k } of await database.query<{ i: number; k: string }>(sql, some)) {
      keys.set(some[i] ?? "", k);
    }
  }
  return keys;
}

/** The same of a column that is being read, as an expression. */
export function nameKeyOf(expression: string): string {
  return `HEX(WEIGHT_STRING(LOWER(TRIM(${expression}))))`;
}
