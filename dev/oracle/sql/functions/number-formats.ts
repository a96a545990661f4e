import { OracleError } from "../../errors.ts";
import { type Decimal, decimalText, parseDecimal, roundDecimal, storedNumber } from "../../values/number.ts";

/** A decimal as the database keeps numbers. */
export function plainNumber(value: Decimal): number | string {
  return storedNumber(value);
}

export function roundTo(value: Decimal, scale: number): number | string {
  return storedNumber(roundDecimal(value, Math.trunc(scale)));
}

export function truncateTo(value: Decimal, scale: number): number | string {
  const keep = value.point + Math.trunc(scale);
  if (keep >= value.digits.length) return storedNumber(value);
  const text =
    keep <= 0 ? "0" : decimalText({ ...value, digits: value.digits.slice(0, keep).replace(/0+$/, "") });
  return storedNumber(parseDecimal(text) ?? { negative: false, digits: "", point: 0 });
}

/** TO_CHAR of a number: the elements 9 0 . D , G FM S MI $. Throws ORA-01481 for others. */
export function formatNumber(value: Decimal, format: string): string {
  const trimmed = /^FM/i.test(format);
  const picture = format.replace(/^FM/i, "").toUpperCase();
  if (!/^S?\$?[09,G]*(?:[.D][09]*)?(?:MI|S)?$/.test(picture))
    throw new OracleError(1481, "invalid number format model");
  const [whole = "", decimals = ""] = picture.replace(/[S$]|MI/g, "").split(/[.D]/);
  const digits = decimalText(roundDecimal({ ...value, negative: false }, decimals.length));
  const [intPart = "", fracPart = ""] = digits.split(".");
  const places = whole.replace(/[,G]/g, "");
  const shown = intPart === "0" ? "" : intPart;
  if (shown.length > places.length) return "#".repeat(picture.length + 1);
  const firstZero = places.indexOf("0");
  const least = Math.max(
    shown.length,
    firstZero < 0 ? (decimals === "" && shown === "" ? 1 : 0) : places.length - firstZero,
  );
  const padded = shown.padStart(least, "0").padStart(places.length);
  let at = 0;
  let text = "";
  for (const char of whole) {
    if (char === "," || char === "G") text += text.trim() === "" ? " " : ",";
    else text += padded[at++] ?? "";
  }
  const point = /[.D]/.test(picture) ? "." : "";
  const fraction = fracPart.padEnd(decimals.length, "0");
  const sign = value.negative ? "-" : picture.startsWith("S") ? "+" : " ";
  const spaces = text.length - text.trimStart().length;
  const result = `${" ".repeat(spaces)}${sign}${picture.includes("$") ? "$" : ""}${text.trimStart()}${point}${trimmed ? shortened(fraction, decimals.lastIndexOf("0") + 1) : fraction}`;
  return trimmed ? result.trim() : result;
}

/** Takes zeros from the end, but keeps at least `least` digits: FM leaves those that the format asks for. */
function shortened(fraction: string, least: number): string {
  return fraction.slice(0, least) + fraction.slice(least).replace(/0+$/, "");
}
