import { OracleError } from "../errors.ts";
import type { MessageWriter } from "../wire/writer.ts";

/** In the database, numbers that a double cannot hold are texts that start with this character. */
export const EXACT = "\u0003";

const MAX_PAIRS = 20;
const pairs = new Uint8Array(MAX_PAIRS + 2);
const DECIMAL = /^\s*([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d+))?\s*$/;

/** A decimal number: `0.digits * 10^point`, no zeros at either end of `digits`; `digits` is empty for zero. */
export interface Decimal {
  negative: boolean;
  digits: string;
  point: number;
}

/** Takes a decimal text apart; undefined when it is not a number. */
export function parseDecimal(text: string): Decimal | undefined {
  const match = DECIMAL.exec(text);
  if (!match) return undefined;
  const whole = match[2] ?? "";
  const fraction = match[3] ?? "";
  if (whole === "" && fraction === "") return undefined;
  const all = whole + fraction;
  let start = 0;
  while (all.charCodeAt(start) === 48) start++;
  let end = all.length;
  while (end > start && all.charCodeAt(end - 1) === 48) end--;
  return {
    negative: match[1] === "-" && end > start,
    digits: all.slice(start, end),
    point: end > start ? whole.length - start + Number(match[4] ?? 0) : 0,
  };
}

/** The plain text of a decimal: `-0.05`, `1200`, never an exponent. */
export function decimalText({ negative, digits, point }: Decimal): string {
  if (digits === "") return "0";
  const sign = negative ? "-" : "";
  if (point <= 0) return `${sign}0.${"0".repeat(-point)}${digits}`;
  if (point >= digits.length) return sign + digits + "0".repeat(point - digits.length);
  return `${sign}${digits.slice(0, point)}.${digits.slice(point)}`;
}

/** Rounds half away from zero to `scale` digits after the point (which may be negative). */
export function roundDecimal(value: Decimal, scale: number): Decimal {
  const keep = value.point + scale;
  if (keep >= value.digits.length) return value;
  if (keep < 0) return { negative: false, digits: "", point: 0 };
  const up = value.digits.charCodeAt(keep) >= 53;
  const kept = value.digits.slice(0, keep);
  const whole = (BigInt(kept === "" ? "0" : kept) + (up ? 1n : 0n)).toString();
  const rounded = parseDecimal(whole === "0" ? "0" : whole.padStart(keep, "0"));
  if (!rounded || rounded.digits === "") return { negative: false, digits: "", point: 0 };
  // `rounded.point` counts from the end of the kept digits; a carry makes it one more.
  return { negative: value.negative, digits: rounded.digits, point: rounded.point - keep + value.point };
}

/**
 * The form in which a number lies in the database: a JavaScript number when that is exact (so that SQL can
 * count and compare), else a marked text with all digits.
 */
export function storedNumber(value: Decimal): number | string {
  const text = decimalText(value);
  if (value.digits.length <= 15) {
    const number = Number(text);
    if (Number.isFinite(number) && (number !== 0 || value.digits === "")) return number;
  }
  return EXACT + text;
}

/** Writes an Oracle NUMBER with its length byte. Throws ORA-01722 for a text that is not a number. */
export function writeNumber(writer: MessageWriter, value: number | bigint | string): void {
  if (typeof value === "number" && Number.isSafeInteger(value)) {
    writeInteger(writer, value);
    return;
  }
  let text = String(value);
  if (text.startsWith(EXACT)) text = text.slice(1);
  const decimal = parseDecimal(text);
  if (!decimal) throw new OracleError(1722, "invalid number");
  writeDecimal(writer, decimal);
}

function writeInteger(writer: MessageWriter, value: number): void {
  let rest = value < 0 ? -value : value;
  let count = 0;
  while (rest > 0x7fffffff) {
    const quotient = Math.floor(rest / 100);
    pairs[count++] = rest - quotient * 100;
    rest = quotient;
  }
  while (rest > 0) {
    const quotient = (rest / 100) | 0;
    pairs[count++] = rest - quotient * 100;
    rest = quotient;
  }
  pairs.subarray(0, count).reverse();
  writePairs(writer, value < 0, count, count - 1);
}

function writeDecimal(writer: MessageWriter, decimal: Decimal): void {
  // A pair never straddles the point, so an odd point gets a zero in front. 20 pairs are the limit.
  const odd = decimal.point & 1;
  const value = roundDecimal(decimal, MAX_PAIRS * 2 - odd - decimal.point);
  const digits = (value.point & 1 ? "0" : "") + value.digits;
  let count = 0;
  for (let i = 0; i < digits.length; i += 2) {
    const low = i + 1 < digits.length ? digits.charCodeAt(i + 1) - 48 : 0;
    pairs[count++] = (digits.charCodeAt(i) - 48) * 10 + low;
  }
  writePairs(writer, value.negative, count, Math.ceil(value.point / 2) - 1);
}

/** Writes `count` base-100 digits from `pairs`; `exponent` is the power of 100 of the first. */
function writePairs(writer: MessageWriter, negative: boolean, count: number, exponent: number): void {
  let used = count;
  while (used > 0 && pairs[used - 1] === 0) used--;
  writer.reserve(used + 3);
  const out = writer.buffer;
  let at = writer.length + 1;
  if (used === 0) {
    out[at++] = 0x80;
  } else if (negative) {
    out[at++] = 62 - exponent;
    for (let i = 0; i < used; i++) out[at++] = 101 - (pairs[i] ?? 0);
    if (used < MAX_PAIRS) out[at++] = 102;
  } else {
    out[at++] = 193 + exponent;
    for (let i = 0; i < used; i++) out[at++] = (pairs[i] ?? 0) + 1;
  }
  out[writer.length] = at - writer.length - 1;
  writer.length = at;
}

/** Reads the bytes of an Oracle NUMBER (without the length byte) into the form the database keeps. */
export function readNumber(bytes: Uint8Array): number | string {
  const first = bytes[0] ?? 0x80;
  if (first === 0x80 && bytes.length === 1) return 0;
  const negative = first < 0x80;
  const exponent = negative ? 62 - first : first - 193;
  let end = bytes.length;
  if (negative && bytes[end - 1] === 102) end--;
  let digits = "";
  for (let i = 1; i < end; i++) {
    const byte = bytes[i] ?? 0;
    digits += String(negative ? 101 - byte : byte - 1).padStart(2, "0");
  }
  const value = parseDecimal(`${negative ? "-" : ""}0.${digits}e${(exponent + 1) * 2}`);
  return value ? storedNumber(value) : 0;
}
