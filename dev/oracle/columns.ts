import type { Cursor } from "./cursors.ts";
import type { ResultColumn } from "./describe.ts";
import { type OracleType, parseType } from "./types.ts";
import { MOMENT, ZONED } from "./values/date.ts";
import type { Stored } from "./values/encode.ts";
import { EXACT } from "./values/number.ts";

/** Texts longer than this many characters may need more than VARCHAR2(4000). */
const SURELY_SHORT = 1000;
const NUMBER = parseType("NUMBER");
const DATE = parseType("DATE");
const TIMESTAMP = parseType("TIMESTAMP(9)");
const ZONED_TIMESTAMP = parseType("TIMESTAMP(6) WITH TIME ZONE");
const TEXT = parseType("VARCHAR2(4000)");
const LONG_TEXT = parseType("VARCHAR2(32767)");
const BYTES = parseType("RAW(2000)");

/**
 * The columns of a query. The translation knows the types of most; that of a bare bind variable is guessed from
 * the first value among `sample` rows that is not null.
 */
export function resultColumns(cursor: Cursor, sample: number): ResultColumn[] {
  const { translation } = cursor;
  if (translation.kind !== "query") return [];
  const { columns } = translation;
  const values = columns.some(({ type }) => type === undefined) ? cursor.sample(sample, columns.length) : [];
  return columns.map(({ name, type, nullable }, index) => ({
    name,
    nullable,
    type: type ?? guess(values[index] ?? null),
  }));
}

function guess(value: Stored): OracleType {
  if (typeof value === "number" || typeof value === "bigint") return NUMBER;
  if (value instanceof Uint8Array) return BYTES;
  if (value === null) return TEXT;
  if (value.startsWith(EXACT)) return NUMBER;
  if (value.startsWith(ZONED)) return ZONED_TIMESTAMP;
  if (value.startsWith(MOMENT)) return value.includes(".") ? TIMESTAMP : DATE;
  return value.length > SURELY_SHORT ? LONG_TEXT : TEXT;
}
