import { getEventListeners } from "node:events";
import { describe, expect, it } from "vitest";
import { Wake } from "../../src/worker/wake.ts";

const never = new AbortController().signal;

describe("the bell between events and poll", () => {
  it("ends a wait at once when it rings", async () => {
    const wake = new Wake();
    const waited = wake.wait(60_000, never);
    wake.ring();
    await waited;
  });

  it("keeps a ring that came while nobody waited", async () => {
    const wake = new Wake();
    wake.ring();
    await wake.wait(60_000, never);
  });

  it("counts many rings as one", async () => {
    const wake = new Wake();
    wake.ring();
    wake.ring();
    await wake.wait(60_000, never);
    const started = performance.now();
    await wake.wait(30, never);
    expect(performance.now() - started).toBeGreaterThanOrEqual(25);
  });

  it("leaves nothing on the signal, however often it was waited for", async () => {
    const { signal } = new AbortController();
    const wake = new Wake();
    for (let time = 0; time < 20; time += 1) await wake.wait(1, signal);
    expect(getEventListeners(signal, "abort")).toHaveLength(0);
  });

  it("ends when the signal fires, also when it had fired before", async () => {
    await new Wake().wait(60_000, AbortSignal.abort());
    const controller = new AbortController();
    const waited = new Wake().wait(60_000, controller.signal);
    controller.abort();
    await waited;
  });
});
