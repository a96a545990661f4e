import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { flow, sleep, task } from "../../src/sdk/index.ts";

/** Node's own timers take 24.8 days, and fire at once where more is asked. */
const MONTH = 30 * 86_400;

beforeEach(() => void vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "performance", "Date"] }));
afterEach(() => void vi.useRealTimers());

async function hasEnded(promise: Promise<unknown>): Promise<boolean> {
  let ended = false;
  const end = () => {
    ended = true;
  };
  promise.then(end, end);
  await vi.advanceTimersByTimeAsync(0);
  return ended;
}

describe("a month", () => {
  it("of sleep is a month", async () => {
    const sleeping = sleep(MONTH);
    await vi.advanceTimersByTimeAsync((MONTH - 1) * 1000);
    expect(await hasEnded(sleeping)).toBe(false);
    await vi.advanceTimersByTimeAsync(1_000);
    expect(await hasEnded(sleeping)).toBe(true);
  });

  it.each([MONTH, Number.POSITIVE_INFINITY])(
    "is what a flow and a task may take (timeoutSeconds %s)",
    async (timeoutSeconds) => {
      const wait = task({ name: "Wait", timeoutSeconds }, () => sleep(MONTH - 1));
      const running = flow({ name: "F", timeoutSeconds }, () => wait()).returnState();
      await vi.advanceTimersByTimeAsync((MONTH - 1) * 1000);
      expect((await running).name).toBe("Completed");
    },
  );

  it("is waited for a future", async () => {
    const gate = Promise.withResolvers<string>();
    const hand = task({ name: "Gate" }, () => gate.promise);
    await flow({ name: "F" }, async () => {
      const future = hand.submit();
      const result = future.result(MONTH);
      const state = future.wait(MONTH);
      await vi.advanceTimersByTimeAsync(86_400_000);
      expect(await hasEnded(Promise.race([result, state]))).toBe(false);
      gate.resolve("here");
      expect(await result).toBe("here");
      expect((await state).name).toBe("Completed");
    })();
  });

  it("is over when its flow is cancelled by its time-out", async () => {
    const running = flow({ name: "F", timeoutSeconds: MONTH + 60 }, () => sleep(2 * MONTH)).returnState();
    await vi.advanceTimersByTimeAsync((MONTH + 61) * 1000);
    expect((await running).name).toBe("TimedOut");
  });
});

describe("timeoutSeconds", () => {
  it("of 0 is no limit, as in Prefect", async () => {
    const running = flow({ name: "F", timeoutSeconds: 0 }, () => sleep(3_600)).returnState();
    await vi.advanceTimersByTimeAsync(3_600_000);
    expect((await running).name).toBe("Completed");
  });

  it.each([-1, Number.NaN])("of %s is refused where the flow or task is made", (timeoutSeconds) => {
    expect(() => flow({ name: "F", timeoutSeconds }, () => undefined)).toThrow(
      `Flow "F": timeoutSeconds is ${timeoutSeconds}. Give seconds; 0 for no limit.`,
    );
    expect(() => task({ name: "T", timeoutSeconds }, () => undefined)).toThrow('Task "T": timeoutSeconds is');
  });
});
