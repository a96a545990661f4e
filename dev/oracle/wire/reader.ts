/** The request is shorter than its fields say: client and server no longer understand each other. */
export class MessageError extends Error {
  override name = "MessageError";
}

/** Reads the fields of one request. Every method moves on; reading past the end throws a MessageError. */
export class MessageReader {
  readonly buffer: Buffer;
  position = 0;

  constructor(buffer: Buffer) {
    this.buffer = buffer;
  }

  get left(): number {
    return this.buffer.length - this.position;
  }

  u8(): number {
    return this.raw(1).readUInt8(0);
  }

  skip(count: number): void {
    this.raw(count);
  }

  raw(count: number): Buffer {
    const end = this.position + count;
    if (end > this.buffer.length) {
      throw new MessageError(
        `The request ends at byte ${this.buffer.length}, a field was expected up to byte ${end}.`,
      );
    }
    const bytes = this.buffer.subarray(this.position, end);
    this.position = end;
    return bytes;
  }

  /** A number with its own byte count in front (ub2, ub4, ub8 of the protocol), exact up to 2^53. */
  ub(): number {
    const count = this.u8() & 0x7f;
    let value = 0;
    for (let i = 0; i < count; i++) value = value * 256 + this.u8();
    return value;
  }

  /** Bytes with a length in front, whole or in chunks; null for the null marks 0 and 255. */
  bytes(): Buffer | null {
    const length = this.u8();
    if (length === 0 || length === 255) return null;
    if (length !== 254) return this.raw(length);
    const chunks: Buffer[] = [];
    for (let size = this.ub(); size > 0; size = this.ub()) chunks.push(this.raw(size));
    return Buffer.concat(chunks);
  }

  /** A text that is preceded by its length twice (dbytes of the protocol). */
  text(): string {
    return this.ub() > 0 ? (this.bytes()?.toString("utf8") ?? "") : "";
  }
}
