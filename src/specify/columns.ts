import type { Reader } from "./database.ts";

/** What a text column holds. */
export interface TextColumn {
  /** Characters (not bytes). */
  maxLength: number;
  /** "utf8mb3" holds no characters outside the Basic Multilingual Plane, such as emoji. */
  characterSet: string;
}

/** The text columns of some tables, by "table.column": in lower case, and as Specify spells it. */
export type TextColumns = ReadonlyMap<string, TextColumn>;

/**
 * Reads how much each text column of these tables holds in this very database: it differs between versions of Specify.
 * @throws Error when one of the tables is missing
 */
export async function readTextColumns(database: Reader, tables: readonly string[]): Promise<TextColumns> {
  const rows = await database.query<{
    name: string;
    spelled: string;
    max_length: number | null;
    character_set: string | null;
  }>(
    `SELECT LOWER(CONCAT(TABLE_NAME, '.', COLUMN_NAME)) AS name, CONCAT(TABLE_NAME, '.', COLUMN_NAME) AS spelled,
            CHARACTER_MAXIMUM_LENGTH AS max_length, CHARACTER_SET_NAME AS character_set
       FROM information_schema.COLUMNS
      WHERE TABLE_SCHEMA = DATABASE() AND LOWER(TABLE_NAME) IN (${tables.map(() => "?").join(", ")})`,
    tables.map((table) => table.toLowerCase()),
  );
  for (const table of tables) {
    if (!rows.some(({ name }) => name.startsWith(`${table.toLowerCase()}.`))) {
      throw new Error(`The database has no table "${table}": is it Specify 7's? Check DATABASE_NAME.`);
    }
  }
  return new Map(
    rows.flatMap(({ name, spelled, max_length: maxLength, character_set: characterSet }) => {
      if (maxLength === null || characterSet === null) return [];
      const limits = { maxLength: Number(maxLength), characterSet };
      return [
        [name, limits],
        [spelled, limits],
      ];
    }),
  );
}
