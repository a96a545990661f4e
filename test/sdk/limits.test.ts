import { setTimeout as wait } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { CancelledError } from "../../src/sdk/cancellation.ts";
import { withLimits } from "../../src/sdk/timeout.ts";

const limits = (cancelled: AbortSignal, more: { timeoutSeconds?: number; cancelGrace?: number } = {}) => ({
  what: "It",
  cancelled,
  timeoutSeconds: more.timeoutSeconds,
  cancelGrace: more.cancelGrace ?? 1_000,
});

describe("the limits of a flow or task", () => {
  it("leave a body that ends in time alone", async () => {
    expect(await withLimits(limits(new AbortController().signal, { timeoutSeconds: 5 }), async () => 7)).toBe(
      7,
    );
  });

  it("give a cancelled body the time to put things in order", async () => {
    const controller = new AbortController();
    let tidied = false;
    const running = withLimits(limits(controller.signal), async (signal) => {
      try {
        await wait(60_000, undefined, { signal });
      } finally {
        await wait(30);
        tidied = true;
      }
    });
    controller.abort(new CancelledError());
    await expect(running).rejects.toBeInstanceOf(CancelledError);
    expect(tidied).toBe(true);
  });

  it("do not wait longer than the grace for a body that does not listen", async () => {
    const controller = new AbortController();
    const running = withLimits(
      limits(controller.signal, { cancelGrace: 30 }),
      () => new Promise(() => undefined),
    );
    controller.abort(new CancelledError());
    await expect(running).rejects.toBeInstanceOf(CancelledError);
  });

  it("end at once when the run was cancelled before", async () => {
    const running = withLimits(
      limits(AbortSignal.abort(new CancelledError()), { cancelGrace: 10 }),
      () => new Promise(() => undefined),
    );
    await expect(running).rejects.toBeInstanceOf(CancelledError);
  });

  it("keep the error of a body that fails by itself", async () => {
    const running = withLimits(limits(new AbortController().signal, { timeoutSeconds: 5 }), async () => {
      throw new RangeError("own");
    });
    await expect(running).rejects.toThrow("own");
  });
});
