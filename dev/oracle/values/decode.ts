import { OracleError } from "../errors.ts";
import type { RawValue, VariableType } from "../execute.ts";
import { Wire } from "../types.ts";
import { readMoment, shiftMinutes, storedMoment, ZONED } from "./date.ts";
import type { Stored } from "./encode.ts";
import type { LobStore } from "./lob.ts";
import { readNumber } from "./number.ts";

const BINARY_INTEGER = 3;
const BOOLEAN = 252;

/**
 * The form in which a bind value goes to the database. `zone` is the session's time zone in minutes: a value
 * in local time zone (that is how a JavaScript Date comes) becomes the wall clock of the session.
 */
export function decodeBind(type: VariableType, raw: RawValue, lobs: LobStore, zone: number): Stored {
  if (raw === null) return null;
  if (!Buffer.isBuffer(raw))
    throw new OracleError(3001, "unimplemented feature: array binds in PL/SQL are not part of the stand-in");
  switch (type.wire) {
    case Wire.number:
    case BINARY_INTEGER:
      return readNumber(raw);
    case Wire.date:
    case Wire.timestamp:
      return storedMoment(readMoment(raw));
    case Wire.timestampLtz:
      return storedMoment(shiftMinutes(readMoment(raw), zone));
    case Wire.timestampTz:
      return zoned(raw);
    case Wire.binaryDouble:
    case Wire.binaryFloat:
      return readBinary(raw);
    case Wire.raw:
    case Wire.longRaw:
      return raw;
    case Wire.clob:
    case Wire.blob: {
      const { value } = lobs.get(raw);
      return value.length === 0 ? null : value;
    }
    case BOOLEAN:
      return raw[raw.length - 1] === 1 ? 1 : 0;
    default:
      return type.form === 2 ? Buffer.from(raw).swap16().toString("utf16le") : raw.toString("utf8");
  }
}

function zoned(raw: Buffer): string {
  const moment = storedMoment(readMoment(raw)).slice(1);
  const minutes = raw.length >= 13 ? (raw.readUInt8(11) - 20) * 60 + raw.readUInt8(12) - 60 : 0;
  const size = Math.abs(minutes);
  const two = (value: number): string => String(value).padStart(2, "0");
  return `${ZONED}${moment} ${minutes < 0 ? "-" : "+"}${two(Math.trunc(size / 60))}:${two(size % 60)}`;
}

function readBinary(raw: Buffer): number {
  const bytes = Buffer.from(raw);
  if (bytes.readUInt8(0) & 0x80) bytes[0] = bytes.readUInt8(0) & 0x7f;
  else for (let i = 0; i < bytes.length; i++) bytes[i] = 255 - bytes.readUInt8(i);
  return bytes.length === 4 ? bytes.readFloatBE(0) : bytes.readDoubleBE(0);
}
