import { OracleError } from "./errors.ts";
import { CHARSET } from "./negotiate.ts";
import type { Lob, LobStore } from "./values/lob.ts";
import type { MessageReader } from "./wire/reader.ts";
import type { MessageWriter } from "./wire/writer.ts";

const Op = {
  length: 1,
  read: 2,
  trim: 0x20,
  write: 0x40,
  createTemporary: 0x110,
  chunkSize: 0x4000,
  open: 0x8000,
  close: 0x10000,
  isOpen: 0x11000,
} as const;
const CHUNK_SIZE = 8132;
const LOB_DATA = 14;

/** Answers a LOB call (function 96), all but the status. Throws ORA-22922 or ORA-03001. */
export function lobCall(reader: MessageReader, writer: MessageWriter, lobs: LobStore): void {
  const hasLocator = reader.u8() !== 0;
  const length = reader.ub();
  reader.u8();
  reader.ub();
  reader.ub();
  reader.ub();
  reader.skip(3);
  const op = reader.ub();
  reader.skip(2);
  const offset = reader.ub();
  // For a new temporary LOB this field holds its type.
  const second = reader.ub();
  const hasAmount = reader.u8() !== 0;
  reader.skip(6);
  const locator = hasLocator ? Buffer.from(reader.raw(length)) : Buffer.alloc(0);
  if (op === Op.createTemporary) {
    const isText = second !== 113;
    const charset = reader.ub();
    const lob = lobs.add(isText, isText && charset === CHARSET.utf16, isText ? "" : Buffer.alloc(0));
    writer.u8(8).raw(lob.locator).ub(CHARSET.utf8).u8(0);
    return;
  }
  const lob = lobs.get(locator);
  const data = op === Op.write && reader.u8() === LOB_DATA ? reader.bytes() : null;
  const amount = hasAmount ? reader.ub() : 0;
  const result = operate(op, lob, offset, amount, data, writer);
  writer.u8(8).raw(locator);
  if (hasAmount) writer.ub(result);
  if (op === Op.isOpen) writer.u8(0);
}

function operate(
  op: number,
  lob: Lob,
  offset: number,
  amount: number,
  data: Buffer | null,
  writer: MessageWriter,
): number {
  const start = Math.max(0, offset - 1);
  switch (op) {
    case Op.length:
      return lob.value.length;
    case Op.chunkSize:
      return CHUNK_SIZE;
    case Op.read: {
      const part =
        typeof lob.value === "string"
          ? lob.value.slice(start, start + amount)
          : lob.value.subarray(start, start + amount);
      if (part.length > 0) writer.u8(LOB_DATA).bytes(encoded(lob, part));
      return part.length;
    }
    case Op.write:
      write(lob, start, data ?? Buffer.alloc(0));
      return amount;
    case Op.trim:
      lob.value = typeof lob.value === "string" ? lob.value.slice(0, amount) : lob.value.subarray(0, amount);
      return amount;
    case Op.open:
    case Op.close:
    case Op.isOpen:
      return amount;
    default:
      throw new OracleError(3001, `unimplemented feature: LOB operation 0x${op.toString(16)}`);
  }
}

function encoded(lob: Lob, part: string | Buffer): Buffer {
  if (typeof part !== "string") return part;
  return lob.isNational ? Buffer.from(part, "utf16le").swap16() : Buffer.from(part, "utf8");
}

function write(lob: Lob, start: number, data: Buffer): void {
  if (typeof lob.value === "string") {
    const text = lob.isNational ? Buffer.from(data).swap16().toString("utf16le") : data.toString("utf8");
    lob.value = lob.value.slice(0, start).padEnd(start) + text + lob.value.slice(start + text.length);
    return;
  }
  const value = Buffer.alloc(Math.max(lob.value.length, start + data.length));
  lob.value.copy(value);
  data.copy(value, start);
  lob.value = value;
}

/** Reads the piggyback that frees temporary LOBs. */
export function freeTemporary(reader: MessageReader, lobs: LobStore | undefined): void {
  reader.u8();
  const total = reader.ub();
  reader.u8();
  reader.ub();
  reader.ub();
  reader.ub();
  reader.skip(3);
  reader.ub();
  reader.u8();
  reader.ub();
  reader.ub();
  reader.ub();
  reader.u8();
  for (let i = 0; i < 3; i++) {
    reader.u8();
    reader.ub();
  }
  lobs?.free(reader.raw(total));
}
