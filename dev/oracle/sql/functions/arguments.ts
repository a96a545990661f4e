import { OracleError } from "../../errors.ts";
import { type Moment, parseMoment } from "../../values/date.ts";
import type { Stored } from "../../values/encode.ts";
import { type Decimal, EXACT, parseDecimal } from "../../values/number.ts";
import { displayText } from "../../values/text.ts";
import { parseWithFormat } from "./formats.ts";

/** An argument as a text, converted as Oracle does it. */
export function textOf(value: Stored | undefined): string {
  return displayText(value ?? null) ?? "";
}

/** An argument as an exact decimal. Throws ORA-01722. */
export function decimalOf(value: Stored | undefined): Decimal {
  const text = String(value ?? "");
  const decimal = parseDecimal(text.startsWith(EXACT) ? text.slice(1) : text);
  if (!decimal) throw new OracleError(1722, "invalid number");
  return decimal;
}

/** An argument as a JavaScript number. Throws ORA-01722. */
export function numberOf(value: Stored | undefined): number {
  if (typeof value === "number") return value;
  const { negative, digits, point } = decimalOf(value);
  return Number(`${negative ? "-" : ""}0.${digits}e${point}`);
}

/** True for a kept DATE or TIMESTAMP. */
export function isMomentValue(value: Stored | undefined): value is string {
  return typeof value === "string" && (value.charCodeAt(0) === 1 || value.charCodeAt(0) === 2);
}

/** An argument as a moment; a text must be written as `DD-MON-RR`, as Oracle expects by default. */
export function momentOf(value: Stored | undefined): Moment {
  if (isMomentValue(value)) {
    const moment = parseMoment(value);
    if (moment) return moment;
  }
  return parseWithFormat(textOf(value), "DD-MON-RR");
}
