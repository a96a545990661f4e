import { type OracleType, Wire } from "../types.ts";
import type { MessageWriter } from "../wire/writer.ts";
import { MOMENT, parseMoment, storedMoment, writeMoment, writeZoned } from "./date.ts";
import type { LobStore } from "./lob.ts";
import { EXACT, writeNumber } from "./number.ts";
import { displayText } from "./text.ts";

/** What node:sqlite gives for one value. */
export type Stored = null | number | bigint | string | Uint8Array;

/** Writes one value of a result column. */
export type Encoder = (writer: MessageWriter, value: Stored) => void;

/**
 * The encoder of a column. `wanted` is the type the client defined for it, when it did: 8 (text at once) or
 * 24 (bytes at once) for a LOB that is not to come as a locator.
 */
export function encoderFor(type: OracleType, lobs: LobStore, wanted?: number): Encoder {
  const wire = type.wire === Wire.clob || type.wire === Wire.blob ? (wanted ?? type.wire) : type.wire;
  switch (wire) {
    case Wire.number:
      return encodeNumber;
    case Wire.varchar:
      return type.form === 2 ? encodeNational : encodeText;
    case Wire.char:
      return encodePadded(type);
    case Wire.date:
      return (writer, value) => encodeMoment(writer, value, false);
    case Wire.timestamp:
    case Wire.timestampLtz:
      return (writer, value) => encodeMoment(writer, value, true);
    case Wire.timestampTz:
      return (writer, value) => (value === null ? writer.u8(0) : writeZoned(writer, String(value)));
    case Wire.binaryDouble:
    case Wire.binaryFloat:
      return (writer, value) => encodeBinary(writer, value, wire === Wire.binaryFloat ? 4 : 8);
    case Wire.long:
      return (writer, value) => {
        (type.form === 2 ? encodeNational : encodeText)(writer, value);
        writer.u8(0).u8(0);
      };
    case Wire.longRaw:
      return (writer, value) => {
        encodeRaw(writer, value);
        writer.u8(0).u8(0);
      };
    case Wire.clob:
    case Wire.blob:
      return (writer, value) => encodeLocator(writer, value, type, lobs);
    default:
      return encodeRaw;
  }
}

function encodeNumber(writer: MessageWriter, value: Stored): void {
  if (value === null) writer.u8(0);
  else writeNumber(writer, value instanceof Uint8Array ? Buffer.from(value).toString("utf8") : value);
}

function encodeText(writer: MessageWriter, value: Stored): void {
  if (value === null) writer.u8(0);
  else if (typeof value === "string" && value.charCodeAt(0) > 3) writer.string(value);
  else writer.string(displayText(value) ?? "");
}

function encodeNational(writer: MessageWriter, value: Stored): void {
  const text = displayText(value);
  if (text === null) writer.u8(0);
  else writer.bytes(Buffer.from(text, "utf16le").swap16());
}

function encodePadded(type: OracleType): Encoder {
  const length = type.length ?? 1;
  const encode = type.form === 2 ? encodeNational : encodeText;
  return (writer, value) => encode(writer, value === null ? null : (displayText(value) ?? "").padEnd(length));
}

function encodeMoment(writer: MessageWriter, value: Stored, fraction: boolean): void {
  if (typeof value === "string" && value.startsWith(MOMENT)) {
    writeMoment(writer, value, fraction);
    return;
  }
  const moment = value === null ? undefined : parseMoment(String(value));
  if (moment) writeMoment(writer, storedMoment(moment), fraction);
  else writer.u8(0);
}

function encodeRaw(writer: MessageWriter, value: Stored): void {
  if (value === null) writer.u8(0);
  else writer.bytes(value instanceof Uint8Array ? value : Buffer.from(String(value), "utf8"));
}

/** IEEE numbers with the bits turned so that their bytes sort like the numbers. */
function encodeBinary(writer: MessageWriter, value: Stored, size: 4 | 8): void {
  if (value === null) {
    writer.u8(0);
    return;
  }
  const bytes = Buffer.alloc(size);
  const number = Number(typeof value === "string" ? value.replace(EXACT, "") : value);
  if (size === 8) bytes.writeDoubleBE(number);
  else bytes.writeFloatBE(number);
  if (bytes.readInt8(0) < 0) for (let i = 0; i < size; i++) bytes[i] = 255 - bytes.readUInt8(i);
  else bytes[0] = bytes.readUInt8(0) | 0x80;
  writer.bytes(bytes);
}

function encodeLocator(writer: MessageWriter, value: Stored, type: OracleType, lobs: LobStore): void {
  if (value === null) {
    writer.ub(0);
    return;
  }
  const lob = lobs.add(
    type.wire === Wire.clob,
    type.form === 2,
    value instanceof Uint8Array ? Buffer.from(value) : (displayText(value) ?? ""),
  );
  writer.ub(lob.locator.length).ub(lob.value.length).ub(8132).bytes(lob.locator);
}
