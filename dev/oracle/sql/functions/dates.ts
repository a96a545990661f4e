import { OracleError } from "../../errors.ts";
import {
  type Moment,
  momentFromMillis,
  momentToMillis,
  parseMoment,
  storedMoment,
  ZONED,
} from "../../values/date.ts";
import type { Stored } from "../../values/encode.ts";
import type { SqlFunction } from "../functions.ts";
import { decimalOf, isMomentValue, momentOf, numberOf, textOf } from "./arguments.ts";
import { formatMoment, parseWithFormat } from "./formats.ts";
import { formatNumber, plainNumber, roundTo, truncateTo } from "./number-formats.ts";

const DAY = 86_400_000;

/** Adds days (with a fraction) to a kept moment. */
export function addDays(value: string, days: number): string {
  const moment = momentOf(value);
  const millis = momentToMillis(moment) + Math.round(days * 86_400) * 1000;
  return storedMoment(momentFromMillis(millis, moment.nanos));
}

/** Days between two kept moments. */
export function daysBetween(left: string, right: string): number {
  const [one, other] = [momentOf(left), momentOf(right)];
  return (momentToMillis(one) - momentToMillis(other)) / DAY + (one.nanos - other.nanos) / 8.64e13;
}

function addMonths(value: Stored, count: number): string {
  const moment = momentOf(value);
  const total = moment.year * 12 + moment.month - 1 + Math.trunc(count);
  const year = Math.floor(total / 12);
  const month = total - year * 12 + 1;
  // The last day of a month stays the last day.
  const isLast = moment.day === lastDay(moment.year, moment.month);
  const day = isLast ? lastDay(year, month) : Math.min(moment.day, lastDay(year, month));
  return storedMoment({ ...moment, year, month, day });
}

function lastDay(year: number, month: number): number {
  return new Date(Date.UTC(year, month, 0)).getUTCDate();
}

function monthsBetween(left: Stored, right: Stored): number {
  const [one, other] = [momentOf(left), momentOf(right)];
  const whole = (one.year - other.year) * 12 + one.month - other.month;
  const bothLast = one.day === lastDay(one.year, one.month) && other.day === lastDay(other.year, other.month);
  if (one.day === other.day || bothLast) return whole;
  const part = (moment: Moment): number =>
    moment.day + (moment.hour * 3600 + moment.minute * 60 + moment.second) / 86_400;
  return whole + (part(one) - part(other)) / 31;
}

function truncated(value: string, unit: string): string {
  const moment = { ...momentOf(value), hour: 0, minute: 0, second: 0, nanos: 0 };
  const clock = momentOf(value);
  switch (unit.toUpperCase()) {
    case "YYYY":
    case "YEAR":
    case "YY":
    case "Y":
      return storedMoment({ ...moment, month: 1, day: 1 });
    case "Q":
      return storedMoment({ ...moment, month: Math.floor((moment.month - 1) / 3) * 3 + 1, day: 1 });
    case "MM":
    case "MONTH":
    case "MON":
      return storedMoment({ ...moment, day: 1 });
    case "IW": {
      const weekday = (new Date(momentToMillis(moment)).getUTCDay() + 6) % 7;
      return storedMoment(momentFromMillis(momentToMillis(moment) - weekday * DAY));
    }
    case "DD":
    case "DDD":
    case "J":
      return storedMoment(moment);
    case "HH":
    case "HH24":
      return storedMoment({ ...moment, hour: clock.hour });
    case "MI":
      return storedMoment({ ...moment, hour: clock.hour, minute: clock.minute });
    default:
      throw new OracleError(1898, "too many precision specifiers");
  }
}

function toChar(value: Stored, format?: Stored): Stored {
  if (isMomentValue(value)) {
    const isLong = value.includes(".") || value.startsWith(ZONED);
    return formatMoment(
      momentOf(value),
      format ? textOf(format) : isLong ? "DD-MON-RR HH12.MI.SS.FF6 AM" : "DD-MON-RR",
    );
  }
  if (format && value !== null) return formatNumber(decimalOf(value), textOf(format));
  return textOf(value);
}

function extract(field: Stored, value: Stored): Stored {
  const moment = momentOf(value);
  const fields: Record<string, number> = {
    YEAR: moment.year,
    MONTH: moment.month,
    DAY: moment.day,
    HOUR: moment.hour,
    MINUTE: moment.minute,
    SECOND: moment.second + moment.nanos / 1e9,
  };
  const found = fields[textOf(field)];
  if (found === undefined) throw new OracleError(907, "missing right parenthesis");
  return found;
}

function asDate(value: Stored): Stored {
  return isMomentValue(value) ? value : storedMoment(momentOf(value));
}

function toDate(value: Stored, format?: Stored): Stored {
  if (isMomentValue(value)) return storedMoment({ ...momentOf(value), nanos: 0 });
  return storedMoment({
    ...parseWithFormat(textOf(value).trim(), format ? textOf(format) : "DD-MON-RR"),
    nanos: 0,
  });
}

function cast(value: Stored, kind?: Stored, size?: Stored): Stored {
  if (value === null) return null;
  switch (kind) {
    case "NUMBER":
      return size === null || size === undefined
        ? plainNumber(decimalOf(value))
        : roundTo(decimalOf(value), numberOf(size));
    case "DATE":
      return storedMoment({ ...momentOf(value), nanos: 0 });
    case "TIMESTAMP":
      return isMomentValue(value) && value.startsWith(ZONED) ? value : storedMoment(momentOf(value));
    case "TEXT":
      return size === null || size === undefined
        ? textOf(value)
        : [...textOf(value)].slice(0, numberOf(size)).join("");
    default:
      return value;
  }
}

/** Functions of dates, and those that work on dates and numbers alike. */
export const DATE_FUNCTIONS: Record<string, SqlFunction> = {
  ADD_MONTHS: { gives: "date", strict: 2, run: (date, count) => addMonths(date ?? null, numberOf(count)) },
  MONTHS_BETWEEN: {
    gives: "number",
    strict: 2,
    run: (left, right) => monthsBetween(left ?? null, right ?? null),
  },
  LAST_DAY: {
    gives: "date",
    strict: 1,
    run: (date) => {
      const moment = momentOf(date);
      return storedMoment({ ...moment, day: lastDay(moment.year, moment.month) });
    },
  },
  TO_DATE: { gives: "date", strict: 1, run: (value, format) => toDate(value ?? null, format) },
  TO_TIMESTAMP: {
    gives: "timestamp",
    strict: 1,
    run: (value, format) =>
      isMomentValue(value)
        ? value
        : storedMoment(parseWithFormat(textOf(value), format ? textOf(format) : "DD-MON-RR HH.MI.SS.FF AM")),
  },
  TO_CHAR: { gives: "text", strict: 1, run: (value, format) => toChar(value ?? null, format) },
  SYS_EXTRACT_UTC: {
    gives: "timestamp",
    strict: 1,
    run: (value) => storedMoment(parseMoment(String(value)) ?? momentOf(value)),
  },
  EXTRACT: { gives: "number", strict: 2, run: (field, value) => extract(field ?? null, value ?? null) },
  AS_DATE: { gives: "date", strict: 1, run: (value) => asDate(value ?? null) },
  CAST: { gives: "first", strict: 0, run: (value, kind, size) => cast(value ?? null, kind, size) },
  TRUNC: {
    gives: "first",
    strict: 1,
    run: (value, unit) =>
      isMomentValue(value)
        ? truncated(value, unit ? textOf(unit) : "DD")
        : truncateTo(decimalOf(value), unit ? numberOf(unit) : 0),
  },
  ROUND: {
    gives: "first",
    strict: 1,
    run: (value, unit) =>
      isMomentValue(value)
        ? truncated(unit ? value : addDays(value, 0.5), unit ? textOf(unit) : "DD")
        : roundTo(decimalOf(value), unit ? numberOf(unit) : 0),
  },
};
