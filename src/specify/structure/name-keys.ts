import { columnKeys } from "../column-keys.ts";
import type { Reader } from "../database.ts";

/** A column that names are compared in, and the names to compare with. */
export interface NameColumn {
  table: string;
  column: string;
}

const folded = (name: string): string => `LOWER(TRIM(${name}))`;

/**
 * The key of each name: two names have the same key when this column takes them for equal, as Specify itself does when it asks for a name
 * "ignoring case".
 */
export async function nameKeys(
  database: Reader,
  column: NameColumn,
  names: readonly string[],
): Promise<Map<string, string>> {
  const keys = await columnKeys(database, column, names, folded);
  return new Map(names.map((name, index) => [name, keys[index] ?? ""]));
}

/** The same of a column that is being read, as an expression. */
export function nameKeyOf(expression: string): string {
  return `HEX(WEIGHT_STRING(${folded(expression)}))`;
}
