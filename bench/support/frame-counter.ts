/**
 * Counts the frames of one direction of a websocket in its bytes as they pass; it reads headers only, so compressed
 * and masked frames are counted alike.
 */
export class FrameCounter {
  frames = 0;
  /** Bytes of a header whose end has not come yet. */
  #held = Buffer.alloc(0);
  /** Bytes of the frame's payload still to come. */
  #skip = 0;

  add(chunk: Buffer): void {
    let at = Math.min(this.#skip, chunk.length);
    this.#skip -= at;
    let rest = Buffer.concat([this.#held, chunk.subarray(at)]);
    for (;;) {
      const size = headerSize(rest);
      if (size === undefined || rest.length < size) break;
      this.frames += 1;
      const end = size + payloadLength(rest);
      at = Math.min(end, rest.length);
      this.#skip = end - at;
      rest = rest.subarray(at);
    }
    this.#held = Buffer.from(rest);
  }
}

/** RFC 6455, 5.2: two bytes, a longer length where the short one is 126 or 127, a mask from the client's side. */
function headerSize(bytes: Buffer): number | undefined {
  const second = bytes[1];
  if (second === undefined) return undefined;
  const length = second & 0x7f;
  return 2 + (length === 126 ? 2 : length === 127 ? 8 : 0) + (second & 0x80 ? 4 : 0);
}

function payloadLength(bytes: Buffer): number {
  const length = (bytes[1] ?? 0) & 0x7f;
  if (length === 126) return bytes.readUInt16BE(2);
  return length === 127 ? Number(bytes.readBigUInt64BE(2)) : length;
}
