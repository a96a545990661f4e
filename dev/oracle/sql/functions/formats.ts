import { OracleError } from "../../errors.ts";
import { type Moment, momentFromMillis, momentToMillis } from "../../values/date.ts";

const MONTHS = [
  "January",
  "February",
  "March",
  "April",
  "May",
  "June",
  "July",
  "August",
  "September",
  "October",
  "November",
  "December",
];
const DAYS = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];
const ELEMENT =
  /"([^"]*)"|FM|SYYYY|YYYY|RRRR|YYY|YY|RR|Y|IYYY|IW|WW|W|Q|MM|MONTH|MON|DDD|DD|DAY|DY|D|HH24|HH12|HH|MI|SSSSS|SS|FF[1-9]?|TZH|TZM|AM|PM|A\.M\.|P\.M\.|J|[-/,.;: T]/giy;

interface Element {
  code: string;
  /** As written, since the case of MONTH and DAY decides the case of the result. */
  written: string;
}

function elements(format: string): Element[] {
  const found: Element[] = [];
  ELEMENT.lastIndex = 0;
  let at = 0;
  while (at < format.length) {
    ELEMENT.lastIndex = at;
    const match = ELEMENT.exec(format);
    if (!match) throw new OracleError(1821, "date format not recognized");
    found.push(
      match[1] === undefined
        ? { code: match[0].toUpperCase(), written: match[0] }
        : { code: "TEXT", written: match[1] },
    );
    at += match[0].length;
  }
  return found;
}

function dayOfYear(moment: Moment): number {
  return Math.floor((momentToMillis(moment) - Date.UTC(moment.year, 0, 1)) / 86_400_000) + 1;
}

function isoWeek(moment: Moment): { year: number; week: number } {
  const day = new Date(momentToMillis(moment));
  day.setUTCDate(day.getUTCDate() + 4 - (day.getUTCDay() || 7));
  const start = Date.UTC(day.getUTCFullYear(), 0, 1);
  return { year: day.getUTCFullYear(), week: Math.ceil(((day.getTime() - start) / 86_400_000 + 1) / 7) };
}

/** A moment as text, by the elements of TO_CHAR. Throws ORA-01821 for an element it does not know. */
export function formatMoment(moment: Moment, format: string): string {
  let trimmed = false;
  let out = "";
  const weekday = new Date(momentToMillis(moment)).getUTCDay();
  const pad = (value: number, width: number): string =>
    trimmed ? String(value) : String(value).padStart(width, "0");
  for (const { code, written } of elements(format)) {
    if (code === "FM") trimmed = !trimmed;
    else out += element(code, written);
  }
  return out;

  function element(code: string, written: string): string {
    const year = Math.abs(moment.year);
    switch (code) {
      case "TEXT":
        return written;
      case "YYYY":
      case "RRRR":
        return pad(year, 4);
      case "SYYYY":
        return (moment.year < 0 ? "-" : " ") + pad(year, 4);
      case "IYYY":
        return pad(isoWeek(moment).year, 4);
      case "YYY":
        return pad(year % 1000, 3);
      case "YY":
      case "RR":
        return pad(year % 100, 2);
      case "Y":
        return String(year % 10);
      case "IW":
        return pad(isoWeek(moment).week, 2);
      case "WW":
        return pad(Math.ceil(dayOfYear(moment) / 7), 2);
      case "W":
        return String(Math.ceil(moment.day / 7));
      case "Q":
        return String(Math.ceil(moment.month / 3));
      case "MM":
        return pad(moment.month, 2);
      case "MONTH":
        return cased(MONTHS[moment.month - 1] ?? "", written, trimmed ? 0 : 9);
      case "MON":
        return cased((MONTHS[moment.month - 1] ?? "").slice(0, 3), written, 0);
      case "DDD":
        return pad(dayOfYear(moment), 3);
      case "DD":
        return pad(moment.day, 2);
      case "DAY":
        return cased(DAYS[weekday] ?? "", written, trimmed ? 0 : 9);
      case "DY":
        return cased((DAYS[weekday] ?? "").slice(0, 3), written, 0);
      case "D":
        return String(weekday + 1);
      case "HH24":
        return pad(moment.hour, 2);
      case "HH":
      case "HH12":
        return pad(moment.hour % 12 || 12, 2);
      case "MI":
        return pad(moment.minute, 2);
      case "SS":
        return pad(moment.second, 2);
      case "SSSSS":
        return pad(moment.hour * 3600 + moment.minute * 60 + moment.second, 5);
      case "TZH":
        return "+00";
      case "TZM":
        return "00";
      case "AM":
      case "PM":
        return cased(moment.hour < 12 ? "Am" : "Pm", written, 0);
      case "A.M.":
      case "P.M.":
        return moment.hour < 12 ? "A.M." : "P.M.";
      case "J":
        return String(Math.floor(momentToMillis(moment) / 86_400_000) + 2_440_588);
      default:
        if (code.startsWith("FF"))
          return String(moment.nanos)
            .padStart(9, "0")
            .slice(0, Number(code[2] ?? 6));
        return written;
    }
  }
}

function cased(name: string, written: string, width: number): string {
  const padded = name.padEnd(width);
  if (written === written.toUpperCase()) return padded.toUpperCase();
  return written === written.toLowerCase() ? padded.toLowerCase() : padded;
}

/** Reads a text by a date format. Missing parts are those of the first of this month. Throws ORA-01861 and its kin. */
export function parseWithFormat(text: string, format: string): Moment {
  const now = momentFromMillis(Date.now());
  const moment: Moment = {
    year: now.year,
    month: now.month,
    day: 1,
    hour: 0,
    minute: 0,
    second: 0,
    nanos: 0,
  };
  let at = 0;
  let afternoon: boolean | undefined;
  const digits = (most: number): number => {
    const match = new RegExp(`\\d{1,${most}}`, "y");
    match.lastIndex = at;
    const found = match.exec(text);
    if (!found) throw new OracleError(1858, "a non-numeric character was found where a numeric was expected");
    at += found[0].length;
    return Number(found[0]);
  };
  const word = (names: readonly string[]): number => {
    const rest = text.slice(at).toLowerCase();
    const index = names.findIndex((name) => rest.startsWith(name.toLowerCase()));
    if (index < 0) throw new OracleError(1843, "not a valid month");
    at += names[index]?.length ?? 0;
    return index;
  };
  for (const { code, written } of elements(format)) {
    if (at >= text.length) break;
    if (code === "YYYY" || code === "RRRR" || code === "SYYYY") moment.year = digits(4);
    else if (code === "YY") moment.year = Math.floor(now.year / 100) * 100 + digits(2);
    else if (code === "RR") moment.year = roundedYear(digits(4));
    else if (code === "MM") moment.month = digits(2);
    else if (code === "MON" || code === "MONTH")
      moment.month = word(MONTHS.map((name) => (code === "MON" ? name.slice(0, 3) : name))) + 1;
    else if (code === "DD") moment.day = digits(2);
    else if (code === "HH24" || code === "HH" || code === "HH12") moment.hour = digits(2);
    else if (code === "MI") moment.minute = digits(2);
    else if (code === "SS") moment.second = digits(2);
    else if (code.startsWith("FF")) moment.nanos = fraction();
    else if (/^[AP]\.?M\.?$/.test(code))
      afternoon = word(code.includes(".") ? ["A.M.", "P.M."] : ["AM", "PM"]) === 1;
    else if (code !== "FM") literalText(written);
  }
  if (text.slice(at).trim() !== "")
    throw new OracleError(1830, "date format picture ends before converting entire input string");
  if (afternoon !== undefined) moment.hour = (moment.hour % 12) + (afternoon ? 12 : 0);
  return checked(moment);

  function fraction(): number {
    const start = at;
    digits(9);
    return Number(text.slice(start, at).padEnd(9, "0"));
  }

  function literalText(written: string): void {
    // Oracle takes any punctuation where the format has one, and lets it be missing before a digit.
    if (/^[-/,.;: T]$/.test(text[at] ?? "")) at++;
    else if (text.startsWith(written, at)) at += written.length;
    else if (/[^-/,.;: ]/.test(written)) throw new OracleError(1861, "literal does not match format string");
  }
}

function roundedYear(year: number): number {
  if (year >= 100) return year;
  return year + (year < 50 ? 2000 : 1900);
}

function checked(moment: Moment): Moment {
  if (moment.month < 1 || moment.month > 12) throw new OracleError(1843, "not a valid month");
  const last = new Date(Date.UTC(2000, moment.month, 0)).getUTCDate();
  const real = moment.month === 2 ? new Date(Date.UTC(moment.year, 2, 0)).getUTCDate() : last;
  if (moment.day < 1 || moment.day > real)
    throw new OracleError(1847, "day of month must be between 1 and last day of month");
  if (moment.hour > 23) throw new OracleError(1850, "hour must be between 0 and 23");
  if (moment.minute > 59) throw new OracleError(1851, "minutes must be between 0 and 59");
  if (moment.second > 59) throw new OracleError(1852, "seconds must be between 0 and 59");
  return moment;
}
