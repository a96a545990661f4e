import { Buffer } from "node:buffer";

const CHUNK = 32_767;
const LONGEST_SHORT = 252;

/**
 * Collects one answer in one growing buffer. It is reused for the whole session, because allocating for
 * each value or row costs more than writing it.
 */
export class MessageWriter {
  buffer: Buffer = Buffer.allocUnsafe(64 * 1024);
  length = 0;

  reset(): this {
    this.length = 0;
    return this;
  }

  /** What was written so far; valid until the next write. */
  view(): Buffer {
    return this.buffer.subarray(0, this.length);
  }

  /** Makes sure that `count` more bytes fit. */
  reserve(count: number): void {
    const needed = this.length + count;
    if (needed <= this.buffer.length) return;
    const larger = Buffer.allocUnsafe(Math.max(needed, this.buffer.length * 2));
    this.buffer.copy(larger, 0, 0, this.length);
    this.buffer = larger;
  }

  u8(value: number): this {
    this.reserve(1);
    this.buffer[this.length++] = value;
    return this;
  }

  u16(value: number): this {
    return this.u8((value >> 8) & 255).u8(value & 255);
  }

  u16le(value: number): this {
    return this.u8(value & 255).u8((value >> 8) & 255);
  }

  zeros(count: number): this {
    this.reserve(count);
    this.buffer.fill(0, this.length, this.length + count);
    this.length += count;
    return this;
  }

  /** A non-negative number with its byte count in front (ub2, ub4 or ub8), exact up to 2^53. */
  ub(value: number): this {
    if (value === 0) return this.u8(0);
    if (value < 0x100) return this.u8(1).u8(value);
    if (value < 0x10000) return this.u8(2).u16(value);
    if (value < 0x100000000) {
      this.reserve(5);
      this.buffer[this.length] = 4;
      this.buffer.writeUInt32BE(value, this.length + 1);
      this.length += 5;
      return this;
    }
    this.reserve(9);
    this.buffer[this.length] = 8;
    this.buffer.writeBigUInt64BE(BigInt(value), this.length + 1);
    this.length += 9;
    return this;
  }

  raw(bytes: Uint8Array | readonly number[]): this {
    this.reserve(bytes.length);
    this.buffer.set(bytes, this.length);
    this.length += bytes.length;
    return this;
  }

  /** Bytes with a length in front, in chunks when they are long. Empty bytes are a null. */
  bytes(bytes: Uint8Array): this {
    if (bytes.length <= LONGEST_SHORT) return this.u8(bytes.length).raw(bytes);
    this.u8(254);
    for (let at = 0; at < bytes.length; at += CHUNK) {
      const piece = bytes.subarray(at, at + CHUNK);
      this.ub(piece.length).raw(piece);
    }
    return this.ub(0);
  }

  /** A text as bytes with a length in front. Short texts of plain letters are written without a copy. */
  string(text: string): this {
    const length = text.length;
    if (length > LONGEST_SHORT) return this.bytes(Buffer.from(text, "utf8"));
    this.reserve(1 + length * 3);
    const start = this.length + 1;
    const buffer = this.buffer;
    if (length < 40) {
      let i = 0;
      for (; i < length; i++) {
        const code = text.charCodeAt(i);
        if (code > 127) break;
        buffer[start + i] = code;
      }
      if (i === length) {
        buffer[this.length] = length;
        this.length = start + length;
        return this;
      }
    }
    const written = buffer.write(text, start, "utf8");
    if (written > LONGEST_SHORT) return this.bytes(Buffer.from(text, "utf8"));
    buffer[this.length] = written;
    this.length = start + written;
    return this;
  }

  /** A length, and when there is one, the text (dstr of the protocol). */
  text(text: string): this {
    if (text === "") return this.u8(0);
    return this.ub(Buffer.byteLength(text)).string(text);
  }
}
