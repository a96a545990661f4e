import { expect, it, vi } from "vitest";
import { warmUp } from "../../src/runner/warm-up.ts";

it("an idle process calls the engine for a while, and says nothing of it", async () => {
  const written = [process.stdout, process.stderr].map((stream) =>
    vi.spyOn(stream, "write").mockReturnValue(true),
  );
  const calls = await warmUp(new AbortController().signal);
  const said = written.flatMap((one) => one.mock.calls);
  vi.restoreAllMocks();
  expect(calls).toBe(100);
  expect(said).toEqual([]);
});

it("stops at once when a run has come", async () => {
  const busy = new AbortController();
  setImmediate(() => busy.abort());
  expect(await warmUp(busy.signal)).toBeLessThan(100);
  expect(await warmUp(busy.signal)).toBe(0);
});
