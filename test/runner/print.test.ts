import { PassThrough } from "node:stream";
import { expect, it } from "vitest";
import { printed, printer } from "../../src/runner/print.ts";
import type { LogRecord } from "../../src/sdk/recorder/recorder.ts";
import { waitFor } from "../support/wait-for.ts";

const record = (message: string): LogRecord => ({
  level: 20,
  message,
  name: "prefect.flow_runs",
  timestamp: new Date(0),
});

it.each(["pretty", "json"] as const)(
  "a burst that nobody reads does not fill the memory; what was left out is counted and said (%s)",
  async (format) => {
    const output = new PassThrough();
    const print = printer(format, output);
    const run = { id: "run", name: "brave-owl" };
    for (let line = 0; line < 200_000; line += 1) print(record(`line ${line}`), run);
    expect(output.writableLength).toBeLessThan(9_000_000);
    let text = "";
    output.on("data", (chunk: Buffer) => {
      text += chunk;
    });
    await waitFor(() => /were not printed/.test(text), { what: "what was left out is said" });
    print(record("after it"), run);
    await waitFor(() => /after it/.test(text), { what: "the line after it" });
    const lines = text.trimEnd().split("\n");
    const leftOut = Number(/(\d+) lines were not printed here/.exec(lines.at(-2) ?? "")?.[1]);
    expect(lines.length - 2 + leftOut).toBe(200_000);
    expect(lines[0]).toMatch(/line 0\b/);
    expect(lines.at(-1)).toContain("after it");
  },
);

it("a process may wait until what it printed is read, but no longer than it says", async () => {
  const output = new PassThrough({ highWaterMark: 10 });
  output.write("x".repeat(1_000));
  output.write("y");
  await printed(10, output);
  expect(output.writableLength).toBeGreaterThan(0);
  const read = printed(60_000, output);
  output.resume();
  await read;
  expect(output.writableLength).toBe(0);
});
