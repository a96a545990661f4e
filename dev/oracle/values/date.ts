import type { MessageWriter } from "../wire/writer.ts";

/**
 * In the database a DATE or TIMESTAMP is the text `mark YYYY-MM-DD HH:MM:SS[.fraction]`, without trailing
 * zeros, so that comparing texts compares moments, and a value is known as a date wherever it turns up.
 */
export const MOMENT = "\u0001";
/** The mark of a TIMESTAMP WITH TIME ZONE: UTC as above, a space, and the offset as `+HH:MM`. */
export const ZONED = "\u0002";

const ISO =
  /^(-?\d{4})-(\d\d?)-(\d\d?)(?:[T ](\d\d?):(\d\d)(?::(\d\d)(?:[.,](\d{1,9}))?)?)?(Z|[+-]\d\d:?\d\d)?$/;

/** Year (negative before Christ), month from 1, day, and time; `nanos` from 0 to 999,999,999. */
export interface Moment {
  year: number;
  month: number;
  day: number;
  hour: number;
  minute: number;
  second: number;
  nanos: number;
}

const two = (value: number): string => (value < 10 ? `0${value}` : String(value));

/** The text that the database keeps for a moment. */
export function storedMoment(moment: Moment): string {
  const year = String(Math.abs(moment.year)).padStart(4, "0");
  const fraction = moment.nanos === 0 ? "" : `.${String(moment.nanos).padStart(9, "0").replace(/0+$/, "")}`;
  const day = `${moment.year < 0 ? "-" : ""}${year}-${two(moment.month)}-${two(moment.day)}`;
  return `${MOMENT}${day} ${two(moment.hour)}:${two(moment.minute)}:${two(moment.second)}${fraction}`;
}

/** Reads a kept text or an ISO text (`2024-01-31`, `2024-01-31T12:00:00.5`); undefined when it is neither. */
export function parseMoment(text: string): Moment | undefined {
  const plain = text.startsWith(MOMENT) ? text.slice(1) : text.startsWith(ZONED) ? text.slice(1, -7) : text;
  const match = ISO.exec(plain);
  if (!match) return undefined;
  const field = (index: number): number => Number(match[index] ?? 0);
  const nanos = Number((match[7] ?? "").padEnd(9, "0"));
  return {
    year: field(1),
    month: field(2),
    day: field(3),
    hour: field(4),
    minute: field(5),
    second: field(6),
    nanos,
  };
}

/** Milliseconds since 1970 of a moment read as UTC. */
export function momentToMillis(moment: Moment): number {
  const date = new Date(0);
  date.setUTCFullYear(moment.year, moment.month - 1, moment.day);
  date.setUTCHours(moment.hour, moment.minute, moment.second, 0);
  return date.getTime();
}

/** The moment in UTC of some milliseconds since 1970, with the nanoseconds given apart. */
export function momentFromMillis(millis: number, nanos?: number): Moment {
  const date = new Date(millis);
  return {
    year: date.getUTCFullYear(),
    month: date.getUTCMonth() + 1,
    day: date.getUTCDate(),
    hour: date.getUTCHours(),
    minute: date.getUTCMinutes(),
    second: date.getUTCSeconds(),
    nanos: nanos ?? date.getUTCMilliseconds() * 1_000_000,
  };
}

/** Moves a moment by whole minutes: from UTC to a zone and back. */
export function shiftMinutes(moment: Moment, minutes: number): Moment {
  if (minutes === 0) return moment;
  return momentFromMillis(momentToMillis(moment) + minutes * 60_000, moment.nanos);
}

/** Writes a kept moment as DATE (7 bytes) or, when `fraction` is asked and there is one, TIMESTAMP (11 bytes). */
export function writeMoment(writer: MessageWriter, text: string, fraction: boolean): void {
  if (text.charCodeAt(1) === 45) {
    const moment = parseMoment(text);
    if (moment) writeFields(writer, moment, fraction);
    else writer.u8(0);
    return;
  }
  // The digits stand at fixed places: reading them there is much faster than a pattern.
  writer.reserve(12);
  const out = writer.buffer;
  const at = writer.length;
  const pair = (index: number): number => text.charCodeAt(index) * 10 + text.charCodeAt(index + 1) - 528;
  out[at] = 7;
  out[at + 1] = pair(1) + 100;
  out[at + 2] = pair(3) + 100;
  out[at + 3] = pair(6);
  out[at + 4] = pair(9);
  out[at + 5] = pair(12) + 1;
  out[at + 6] = pair(15) + 1;
  out[at + 7] = pair(18) + 1;
  writer.length = at + 8;
  if (!fraction || text.charCodeAt(20) !== 46) return;
  out[at] = 11;
  out.writeUInt32BE(Number(text.slice(21, 30).padEnd(9, "0")), at + 8);
  writer.length = at + 12;
}

function writeFields(writer: MessageWriter, moment: Moment, fraction: boolean): void {
  const century = Math.trunc(moment.year / 100);
  const withNanos = fraction && moment.nanos > 0;
  writer
    .u8(withNanos ? 11 : 7)
    .u8(century + 100)
    .u8(moment.year - century * 100 + 100);
  writer
    .u8(moment.month)
    .u8(moment.day)
    .u8(moment.hour + 1)
    .u8(moment.minute + 1)
    .u8(moment.second + 1);
  if (!withNanos) return;
  writer.reserve(4);
  writer.length = writer.buffer.writeUInt32BE(moment.nanos, writer.length);
}

/** Writes a kept TIMESTAMP WITH TIME ZONE (13 bytes). A moment without a zone counts as UTC. */
export function writeZoned(writer: MessageWriter, text: string): void {
  const moment = parseMoment(text);
  if (!moment) {
    writer.u8(0);
    return;
  }
  const offset = text.startsWith(ZONED) ? zoneMinutes(text.slice(-6)) : 0;
  const hour = Math.trunc(offset / 60);
  const start = writer.length;
  writeFields(writer, { ...moment, nanos: Math.max(moment.nanos, 1) }, true);
  writer.buffer[start] = 13;
  writer.buffer.writeUInt32BE(moment.nanos, start + 8);
  writer.u8(hour + 20).u8(offset - hour * 60 + 60);
}

/** Minutes of an offset such as `+01:00`, `-3:30` or `Z`. */
export function zoneMinutes(text: string): number {
  const match = /^([+-])(\d\d?):?(\d\d?)$/.exec(text);
  if (!match) return 0;
  return (match[1] === "-" ? -1 : 1) * (Number(match[2]) * 60 + Number(match[3]));
}

/** Reads the wire bytes of a DATE or TIMESTAMP (7 or more bytes). */
export function readMoment(bytes: Buffer): Moment {
  return {
    year: (bytes.readUInt8(0) - 100) * 100 + bytes.readUInt8(1) - 100,
    month: bytes.readUInt8(2),
    day: bytes.readUInt8(3),
    hour: bytes.readUInt8(4) - 1,
    minute: bytes.readUInt8(5) - 1,
    second: bytes.readUInt8(6) - 1,
    nanos: bytes.length >= 11 ? bytes.readUInt32BE(7) : 0,
  };
}
