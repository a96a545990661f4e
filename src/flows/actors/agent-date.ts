import type { ExactDate } from "../../oracle/dates.ts";

/**
 * A DATE of Oracle as Specify's columns hold it, `YYYY-MM-DD`; undefined for one that they cannot hold: before the year 1, or a day
 * of the Julian calendar (which Oracle keeps until 1582) that the calendar of today does not have.
 */
export function agentDate({ year, month, day }: ExactDate): string | undefined {
  if (year < 1 || year > 9999 || month < 1 || month > 12 || day < 1 || day > daysIn(year, month))
    return undefined;
  return `${String(year).padStart(4, "0")}-${two(month)}-${two(day)}`;
}

/** A date as a person reads it, also one before Christ. */
export function readableDate({ year, month, day }: ExactDate): string {
  return `${String(Math.abs(year)).padStart(4, "0")}-${two(month)}-${two(day)}${year < 0 ? " BC" : ""}`;
}

function daysIn(year: number, month: number): number {
  if (month === 2) return (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0 ? 29 : 28;
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
}

function two(value: number): string {
  return value < 10 ? `0${value}` : String(value);
}
