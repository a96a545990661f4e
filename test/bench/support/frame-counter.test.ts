import { describe, expect, it } from "vitest";
import { FrameCounter } from "../../../bench/support/frame-counter.ts";

/** A frame of RFC 6455 with so many bytes of payload, from the client's side when it is masked. */
function frame(length: number, masked: boolean): Buffer {
  const size = length < 126 ? Buffer.from([length]) : Buffer.alloc(length < 65_536 ? 3 : 9);
  if (size.length === 3) size.writeUInt16BE(length, 1);
  if (size.length === 9) size.writeBigUInt64BE(BigInt(length), 1);
  if (size.length > 1) size[0] = size.length === 3 ? 126 : 127;
  size[0] = (size[0] ?? 0) | (masked ? 0x80 : 0);
  // The payload looks like headers of more frames: only who skips it counts right.
  return Buffer.concat([Buffer.from([0x81]), size, Buffer.alloc(masked ? 4 : 0), Buffer.alloc(length, 0x81)]);
}

const stream = Buffer.concat(
  [0, 5, 125, 126, 300, 65_535, 65_536, 70_000].flatMap((length) => [
    frame(length, true),
    frame(length, false),
  ]),
);

describe("the counter of websocket frames", () => {
  it("counts frames of every length, masked or not", () => {
    const counter = new FrameCounter();
    counter.add(stream);
    expect(counter.frames).toBe(16);
  });

  it.each([1, 2, 3, 7, 1_000])("counts the same when the bytes come in pieces of %i", (size) => {
    const counter = new FrameCounter();
    for (let at = 0; at < stream.length; at += size) counter.add(stream.subarray(at, at + size));
    expect(counter.frames).toBe(16);
  });

  it("counts a frame when its header has come, and no frame that has not begun", () => {
    const counter = new FrameCounter();
    counter.add(frame(300, false).subarray(0, 10));
    expect(counter.frames).toBe(1);
    counter.add(frame(300, false).subarray(10));
    expect(counter.frames).toBe(1);
  });
});
