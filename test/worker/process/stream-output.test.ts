import { PassThrough, Writable } from "node:stream";
import { expect, it } from "vitest";
import { streamOutput } from "../../../src/worker/process/stream-output.ts";
import { waitFor } from "../../support/wait-for.ts";

/** An output whose reader takes one chunk at a time, when told. */
function slowOutput() {
  const taken: Buffer[] = [];
  let next: (() => void) | undefined;
  const output = new Writable({
    highWaterMark: 1_000,
    write: (chunk: Buffer, _encoding, done) => {
      taken.push(chunk);
      next = done;
    },
  });
  const take = () => {
    const done = next;
    next = undefined;
    done?.();
  };
  return { output, take, text: () => Buffer.concat(taken).toString() };
}

it("what runs print waits where it was printed while the output is slow, and arrives whole", async () => {
  const { output, take, text } = slowOutput();
  const sources = Array.from({ length: 20 }, () => new PassThrough({ highWaterMark: 1_000 }));
  for (const source of sources) streamOutput(source, output);
  for (const source of sources) for (let line = 0; line < 20; line += 1) source.write(`${"x".repeat(99)}\n`);
  await waitFor(() => sources.every((source) => source.isPaused()), { what: "every source waits" });
  expect(output.writableLength).toBeLessThan(10_000);
  await waitFor(
    () => {
      take();
      return text().length === 20 * 20 * 100;
    },
    { what: "all has arrived", everyMs: 1 },
  );
  take();
  await waitFor(() => output.listenerCount("drain") === 0, { what: "nothing waits any more" });
});

it("a run goes on printing when nobody is there to read it any more", async () => {
  const { output } = slowOutput();
  const source = new PassThrough({ highWaterMark: 1_000 });
  streamOutput(source, output);
  source.write(`${"x".repeat(5_000)}\n`);
  await waitFor(() => source.isPaused(), { what: "the source waits" });
  output.destroy();
  source.end("x".repeat(5_000));
  await waitFor(() => source.readableEnded, { what: "the source is read to its end" });
});

it("lines of several runs are never mixed, and a last one without an end gets one", async () => {
  const output = new PassThrough();
  const [one, other] = [new PassThrough(), new PassThrough()];
  for (const source of [one, other]) streamOutput(source, output);
  for (const part of ['{"a":', '1}\n{"b"', ":2}\n", "æ"]) {
    one.write(part);
    other.write("x");
  }
  one.end();
  other.end("\nlast\n");
  let text = "";
  output.setEncoding("utf8").on("data", (chunk) => {
    text += chunk;
  });
  await waitFor(() => text.length === 28, { what: "all has arrived" });
  expect(text.split("\n").toSorted()).toEqual(["", "last", "xxxx", '{"a":1}', '{"b":2}', "æ"]);
});
