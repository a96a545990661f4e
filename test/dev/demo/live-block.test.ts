import { Writable } from "node:stream";
import { expect, test } from "vitest";
import { cut, LiveBlock } from "../../../dev/demo/live-block.ts";

/** A stream that keeps what is written, as a terminal or as something else. */
function output(isTTY: boolean) {
  const kept = { text: "" };
  const stream = new Writable({
    write: (chunk, _encoding, done) => {
      kept.text += String(chunk);
      done();
    },
  });
  return { kept, stream: Object.assign(stream, { isTTY, columns: 40 }) as unknown as NodeJS.WriteStream };
}

test("on a terminal the lines are written over those before", () => {
  const { kept, stream } = output(true);
  const block = new LiveBlock(stream);
  block.update([{ shown: "one" }, { shown: "two" }]);
  kept.text = "";
  block.update([{ shown: "ONE" }, { shown: "two" }]);
  expect(kept.text).toBe("\u001b[2A\r\u001b[JONE\ntwo\n");
});

test("elsewhere only what has changed is told, each change in a line of its own", () => {
  const { kept, stream } = output(false);
  const block = new LiveBlock(stream);
  block.update([{ shown: "1 s", told: "run Pending" }, { shown: "waiting" }]);
  block.update([{ shown: "2 s", told: "run Pending" }, { shown: "waiting" }]);
  block.update([
    { shown: "3 s", told: "run Running" },
    { shown: "1 s", told: "next Pending" },
  ]);
  expect(kept.text).toBe("run Pending\nrun Running\nnext Pending\n");
});

test("a long line is cut to the width, where colours take no room", () => {
  expect(cut("\u001b[32mgreen\u001b[39m and plain", 7)).toBe("\u001b[32mgreen\u001b[39m a");
});
