const units: [name: string, seconds: number][] = [
  ["year", 31_536_000],
  ["month", 2_592_000],
  ["week", 604_800],
  ["day", 86_400],
  ["hour", 3_600],
  ["minute", 60],
  ["second", 1],
];

/** How far a moment lies from now, as Prefect says it: `3 minutes ago`, `in 2 hours`. Empty without a moment. */
export function humanDifference(moment: string | null | undefined, now: number = Date.now()): string {
  if (moment == null) return "";
  const seconds = Math.round((Date.parse(moment) - now) / 1000);
  const size = Math.abs(seconds);
  const [name, length] = units.find(([, unit]) => size >= unit) ?? ["second", 1];
  const count = Math.floor(size / length);
  const amount =
    name === "second" && count < 10 ? "a few seconds" : `${count} ${name}${count === 1 ? "" : "s"}`;
  return seconds > 0 ? `in ${amount}` : `${amount} ago`;
}

/** A moment in this machine's time zone, like `2026-01-31 06:00:00 CET`. */
export function localTime(moment: Date): string {
  const part = (value: number) => String(value).padStart(2, "0");
  const date = `${moment.getFullYear()}-${part(moment.getMonth() + 1)}-${part(moment.getDate())}`;
  const time = `${part(moment.getHours())}:${part(moment.getMinutes())}:${part(moment.getSeconds())}`;
  const zone = new Intl.DateTimeFormat("en", { timeZoneName: "short" })
    .formatToParts(moment)
    .find(({ type }) => type === "timeZoneName");
  return `${date} ${time} ${zone?.value ?? ""}`.trim();
}

const secondsOf: Record<string, number> = { w: 604_800, d: 86_400, h: 3_600, m: 60, s: 1 };

/**
 * Reads a length of time: `10 minutes`, `1 hour 30 minutes`, `1h30m`, `01:30:00`, `PT90M`.
 * Gives milliseconds, undefined when the text is none.
 */
export function parseDuration(text: string): number | undefined {
  const clock = /^(\d+):([0-5]\d)(?::([0-5]\d))?$/.exec(text.trim());
  if (clock !== null) return (Number(clock[1]) * 3600 + Number(clock[2]) * 60 + Number(clock[3] ?? 0)) * 1000;
  const words = text
    .trim()
    .toLowerCase()
    .replace(/^pt(?=\d)|^p(?=\d)/, "")
    .replace(/(?<=d)t(?=\d)/, "")
    .replace(/\b(an?|one)\s+(?=[a-z])/g, "1 ")
    .replace(/,|\band\b/g, " ");
  const part =
    /(\d+(?:\.\d+)?)\s*(weeks?|w|days?|d|hours?|hrs?|h|minutes?|mins?|m|seconds?|secs?|s)(?![a-z])\s*/y;
  let seconds = 0;
  let found = part.exec(words);
  while (found !== null) {
    seconds += Number(found[1]) * (secondsOf[found[2]?.[0] ?? ""] ?? 0);
    if (part.lastIndex === words.length) return seconds * 1000;
    found = part.exec(words);
  }
  return undefined;
}

/**
 * Reads a moment: ISO 8601 (`2026-08-01 17:30`, local unless it says otherwise), `17:30`, `5:30pm`,
 * `tomorrow 6:00`. A time alone is the next one to come. Undefined when the text is none.
 */
export function parseMoment(text: string, now: Date = new Date()): Date | undefined {
  const words = text
    .trim()
    .toLowerCase()
    .replace(/\bat\s+/g, "");
  if (words === "now") return now;
  const match = /^(today|tomorrow)?\s*(?:(\d{1,2})(?::(\d{2})(?::(\d{2}))?)?\s*(am|pm)?)?$/.exec(words);
  if (match !== null) return words === "" ? undefined : timeOfDay(match, now);
  if (!/^\d{4}-\d{2}-\d{2}/.test(words)) return undefined;
  // A date without a time is midnight here, not in Greenwich as Date.parse has it.
  const parsed = new Date(
    /^\d{4}-\d{2}-\d{2}$/.test(words) ? `${words}T00:00:00` : text.trim().replace(/^at\s+/i, ""),
  );
  return Number.isNaN(parsed.getTime()) ? undefined : parsed;
}

function timeOfDay(match: RegExpExecArray, now: Date): Date | undefined {
  const [, day, hourText, minutes, seconds, half] = match;
  // A bare number is no time: 5 could be anything.
  if (hourText !== undefined && minutes === undefined && half === undefined) return undefined;
  let hour = Number(hourText ?? now.getHours());
  if (half !== undefined) hour = (hour % 12) + (half === "pm" ? 12 : 0);
  if (hour > 23 || Number(minutes ?? 0) > 59 || Number(seconds ?? 0) > 59) return undefined;
  const moment = new Date(now);
  if (hourText !== undefined) moment.setHours(hour, Number(minutes ?? 0), Number(seconds ?? 0), 0);
  if (day === "tomorrow" || (day === undefined && moment.getTime() <= now.getTime())) {
    moment.setDate(moment.getDate() + 1);
  }
  return moment;
}

/** Whether a text names a time zone that this machine knows. */
export function isTimezone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat("en", { timeZone: name }) !== undefined;
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
}
