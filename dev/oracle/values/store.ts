import type { Column } from "../catalog.ts";
import { OracleError } from "../errors.ts";
import { type OracleType, Wire } from "../types.ts";
import { MOMENT, momentFromMillis, parseMoment, storedMoment, ZONED } from "./date.ts";
import type { Stored } from "./encode.ts";
import { EXACT, parseDecimal, roundDecimal, storedNumber } from "./number.ts";
import { displayText } from "./text.ts";

/**
 * Converts a value to what the column keeps, as Oracle does on INSERT and UPDATE: empty text is null, numbers
 * are rounded to the scale. Throws ORA-01438, ORA-12899, ORA-01722 or ORA-01858 for what does not fit.
 */
export function storeValue(table: { owner: string; name: string }, column: Column, value: unknown): Stored {
  if (value === null || value === undefined || value === "") return null;
  const { oracle } = column;
  switch (oracle.wire) {
    case Wire.number:
      return storeNumber(oracle, value);
    case Wire.date:
    case Wire.timestamp:
    case Wire.timestampLtz:
      return storeMoment(value, oracle.wire === Wire.date ? 0 : (oracle.scale ?? 6));
    case Wire.timestampTz:
      return typeof value === "string" && value.startsWith(ZONED) ? value : storeZoned(value);
    case Wire.binaryDouble:
    case Wire.binaryFloat:
      return Number(typeof value === "string" ? value.replace(EXACT, "") : value);
    case Wire.raw:
    case Wire.blob:
    case Wire.longRaw:
      return storeBytes(table, column, value);
    default:
      return storeText(table, column, value);
  }
}

function storeNumber(type: OracleType, value: unknown): number | string {
  // The common case first: a whole number into a column that takes any.
  if (
    typeof value === "number" &&
    Number.isSafeInteger(value) &&
    (type.precision ?? 38) - (type.scale ?? 0) >= 16
  )
    return value;
  const text = typeof value === "boolean" ? String(Number(value)) : String(value);
  const decimal = parseDecimal(text.startsWith(EXACT) ? text.slice(1) : text);
  if (!decimal) throw new OracleError(1722, "invalid number");
  const rounded = type.scale === null ? decimal : roundDecimal(decimal, type.scale);
  if (
    type.precision !== null &&
    type.scale !== null &&
    rounded.point > type.precision - type.scale &&
    rounded.digits !== ""
  ) {
    throw new OracleError(1438, "value larger than specified precision allowed for this column");
  }
  return storedNumber(rounded);
}

function storeMoment(value: unknown, digits: number): string {
  const moment = value instanceof Date ? localMoment(value) : parseMoment(String(value));
  if (!moment)
    throw new OracleError(
      1858,
      `a non-numeric character was found where a numeric was expected: ${String(value)}`,
    );
  const unit = 10 ** (9 - digits);
  return storedMoment({ ...moment, nanos: Math.trunc(moment.nanos / unit) * unit });
}

function localMoment(date: Date): ReturnType<typeof momentFromMillis> {
  return {
    year: date.getFullYear(),
    month: date.getMonth() + 1,
    day: date.getDate(),
    hour: date.getHours(),
    minute: date.getMinutes(),
    second: date.getSeconds(),
    nanos: date.getMilliseconds() * 1_000_000,
  };
}

function storeZoned(value: unknown): string {
  const moment = value instanceof Date ? momentFromMillis(value.getTime()) : parseMoment(String(value));
  if (!moment)
    throw new OracleError(
      1858,
      `a non-numeric character was found where a numeric was expected: ${String(value)}`,
    );
  return `${ZONED}${storedMoment(moment).slice(MOMENT.length)} +00:00`;
}

function storeBytes(table: { owner: string; name: string }, column: Column, value: unknown): Uint8Array {
  const bytes = value instanceof Uint8Array ? value : Buffer.from(String(value), "hex");
  if (column.oracle.wire === Wire.raw && bytes.length > column.oracle.bytes)
    throw tooLarge(table, column, bytes.length, column.oracle.bytes);
  return bytes;
}

function storeText(table: { owner: string; name: string }, column: Column, value: unknown): string {
  const { oracle } = column;
  const text =
    typeof value === "string" && value.charCodeAt(0) > 3 ? value : (displayText(plain(value)) ?? "");
  if (oracle.length === null) return text;
  // A character has at most four bytes, so short texts need no counting.
  if (oracle.unit === "B" ? text.length * 4 > oracle.length : text.length > oracle.length) {
    const size = oracle.unit === "B" ? Buffer.byteLength(text) : [...text].length;
    if (size > oracle.length) throw tooLarge(table, column, size, oracle.length);
  }
  return oracle.wire === Wire.char ? text.replace(/ +$/, "") : text;
}

function plain(value: unknown): Stored {
  if (typeof value === "number" || typeof value === "bigint" || typeof value === "string") return value;
  if (value instanceof Uint8Array) return value;
  if (value instanceof Date) return storedMoment(localMoment(value));
  return String(value);
}

function tooLarge(
  table: { owner: string; name: string },
  column: Column,
  actual: number,
  maximum: number,
): OracleError {
  const name = `"${table.owner}"."${table.name}"."${column.name}"`;
  return new OracleError(
    12899,
    `value too large for column ${name} (actual: ${actual}, maximum: ${maximum})`,
  );
}
