import type { Catalog } from "./catalog.ts";
import type { Cursor } from "./cursors.ts";
import type { ResultColumn } from "./describe.ts";
import { type OracleType, parseType } from "./types.ts";
import { MOMENT, ZONED } from "./values/date.ts";
import type { Stored } from "./values/encode.ts";
import { EXACT } from "./values/number.ts";

const LONGEST_PLAIN = 4000;
const NUMBER = parseType("NUMBER");
const DATE = parseType("DATE");
const TIMESTAMP = parseType("TIMESTAMP(9)");
const ZONED_TIMESTAMP = parseType("TIMESTAMP(6) WITH TIME ZONE");
const TEXT = parseType("VARCHAR2(4000)");
const LONG_TEXT = parseType("VARCHAR2(32767)");
const BYTES = parseType("RAW(2000)");

/**
 * The columns of a query: a column of a table has the type of the catalog; for an expression the translation
 * may know the type, else it is guessed from the first value among `sample` rows that is not null.
 */
export function resultColumns(cursor: Cursor, catalog: Catalog, sample: number): ResultColumn[] {
  const given = cursor.statement?.columns() ?? [];
  const columns = given.map(
    (column, index): { name: string; type: OracleType | undefined; nullable: boolean } => {
      const known = cursor.translation.columns[index];
      const [owner = "", table = ""] = splitName(column.table ?? "");
      const origin = catalog.table(owner, table)?.columns.find(({ name }) => name === column.column);
      return {
        name: known?.name ?? column.name,
        type: known?.type ?? origin?.oracle,
        nullable: origin?.nullable ?? true,
      };
    },
  );
  if (columns.every(({ type }) => type !== undefined))
    return columns.map((column) => ({ ...column, type: column.type ?? TEXT }));
  const values = cursor.sample(sample, columns.length);
  return columns.map((column, index) => ({ ...column, type: column.type ?? guess(values[index] ?? null) }));
}

function splitName(name: string): [string, string] {
  const dot = name.indexOf(".");
  return [name.slice(0, dot), name.slice(dot + 1)];
}

function guess(value: Stored): OracleType {
  if (typeof value === "number" || typeof value === "bigint") return NUMBER;
  if (value instanceof Uint8Array) return BYTES;
  if (value === null) return TEXT;
  if (value.startsWith(EXACT)) return NUMBER;
  if (value.startsWith(ZONED)) return ZONED_TIMESTAMP;
  if (value.startsWith(MOMENT)) return value.includes(".") ? TIMESTAMP : DATE;
  return value.length > LONGEST_PLAIN / 4 ? LONG_TEXT : TEXT;
}
