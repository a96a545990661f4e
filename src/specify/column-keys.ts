import type { Reader } from "./database.ts";

const TEXTS_A_QUERY = 500;

/**
 * The key of each text under which a column's collation sorts it: two texts have the same key when the column takes them for
 * equal. Collations take "ÅSE", "åse" and "ase" for one text, so comparing here would not do.
 * @param folded  what is left out of the comparison, in SQL around an expression, e.g. `RTRIM(…)`
 */
export async function columnKeys(
  database: Reader,
  { table, column }: { table: string; column: string },
  texts: readonly string[],
  folded: (expression: string) => string,
): Promise<string[]> {
  const [found] = await database.query<{ collation_name: string }>(
    `SELECT COLLATION_NAME AS collation_name FROM information_schema.COLUMNS
      WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = ? AND COLUMN_NAME = ?`,
    [table, column],
  );
  const collation = found?.collation_name ?? "utf8mb4_general_ci";
  const characterSet = collation.split("_")[0] ?? "utf8mb4";
  const key = `HEX(WEIGHT_STRING(${folded(`CONVERT(? USING ${characterSet})`)} COLLATE ${collation}))`;
  const keys: string[] = [];
  for (let start = 0; start < texts.length; start += TEXTS_A_QUERY) {
    const some = texts.slice(start, start + TEXTS_A_QUERY);
    const sql = some.map((_text, index) => `SELECT ${index} AS i, ${key} AS k`).join(" UNION ALL ");
    const rows = await database.query<{ i: number; k: string }>(sql, some);
    for (const { i, k } of rows) keys[start + i] = k;
  }
  return keys;
}
