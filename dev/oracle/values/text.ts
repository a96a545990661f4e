import { MOMENT, type Moment, parseMoment, ZONED } from "./date.ts";
import type { Stored } from "./encode.ts";
import { EXACT } from "./number.ts";

const MONTHS = ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"];

/** The text that Oracle makes of a value when a text is needed: dates as `DD-MON-RR`, numbers as `.5`. */
export function displayText(value: Stored): string | null {
  if (value === null) return null;
  if (typeof value === "number" || typeof value === "bigint") return numberText(String(value));
  if (value instanceof Uint8Array) return Buffer.from(value).toString("hex").toUpperCase();
  const mark = value.charAt(0);
  if (mark === EXACT) return numberText(value.slice(1));
  if (mark !== MOMENT && mark !== ZONED) return value;
  const moment = parseMoment(value);
  return moment ? shortDate(moment) : value.slice(1);
}

function numberText(text: string): string {
  return text.replace(/^(-?)0\./, "$1.");
}

function shortDate(moment: Moment): string {
  const two = (part: number): string => String(part).padStart(2, "0");
  return `${two(moment.day)}-${MONTHS[moment.month - 1] ?? "???"}-${two(Math.abs(moment.year) % 100)}`;
}
