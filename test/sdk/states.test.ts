import { describe, expect, it } from "vitest";
import {
  Cancelled,
  CancelledRunError,
  Completed,
  Crashed,
  CrashedRunError,
  Failed,
  FailedRunError,
  flow,
  State,
  task,
} from "../../src/sdk/index.ts";

const fine = task({ name: "Fine" }, () => 1);
const broken = task({ name: "Broken" }, () => {
  throw new Error("it broke");
});
const stopped = task({ name: "Stopped" }, () => Cancelled({ message: "not today" }));

/** What a flow's function returns, and what the run then ends in. */
const outcomes: [string, () => unknown, { type: string; name: string; message?: string | undefined }][] = [
  ["a value", () => 7, { type: "COMPLETED", name: "Completed", message: undefined }],
  ["nothing", () => undefined, { type: "COMPLETED", name: "Completed" }],
  [
    "Completed by hand",
    () => Completed({ name: "Skipped", message: "no rows" }),
    { type: "COMPLETED", name: "Skipped", message: "no rows" },
  ],
  ["Failed by hand", () => Failed({ message: "no" }), { type: "FAILED", name: "Failed", message: "no" }],
  ["Cancelled by hand", () => Cancelled(), { type: "CANCELLED", name: "Cancelled" }],
  [
    "Crashed by hand",
    () => Crashed({ message: "gone" }),
    { type: "CRASHED", name: "Crashed", message: "gone" },
  ],
  [
    "futures that all complete",
    () => [fine.submit(), fine.submit()],
    { type: "COMPLETED", name: "Completed", message: "All states completed." },
  ],
  [
    "a future that fails among them",
    () => [fine.submit(), broken.submit()],
    { type: "FAILED", name: "Failed", message: "1/2 states failed." },
  ],
  [
    "a future that was cancelled",
    () => [broken.submit(), stopped.submit()],
    { type: "CANCELLED", name: "Cancelled", message: "1/2 states cancelled." },
  ],
  [
    "a task that was not ready",
    () => [fine.withOptions({ waitFor: [broken.submit()] }).submit()],
    { type: "FAILED", name: "Failed", message: "1/1 states are not final." },
  ],
  [
    "states of tasks",
    async () => [await broken.submit().wait()],
    { type: "FAILED", name: "Failed", message: "1/1 states failed." },
  ],
  ["values beside futures", () => [fine.submit(), 5], { type: "COMPLETED", name: "Completed" }],
  [
    "a thrown error",
    () => Promise.reject(new TypeError("bad")),
    { type: "FAILED", name: "Failed", message: "Flow run encountered an exception: TypeError: bad" },
  ],
];

describe("a flow that returns", () => {
  it.each(outcomes)("%s ends accordingly", async (_, body, expected) => {
    expect(await flow({ name: "F" }, body).returnState()).toMatchObject(expected);
  });
});

describe("a caller of a flow or task", () => {
  it.each([
    ["Failed", Failed({ message: "no" }), FailedRunError, "no"],
    ["Failed without words", Failed(), FailedRunError, "Run failed."],
    ["Failed with its error", Failed({ data: new RangeError("far") }), RangeError, "far"],
    ["Cancelled", Cancelled({ message: "stop" }), CancelledRunError, "stop"],
    ["Crashed", Crashed(), CrashedRunError, "Run crashed."],
  ])("gets an error for %s", async (_, state, kind, message) => {
    for (const call of [flow({ name: "F" }, () => state), task({ name: "T" }, () => state)]) {
      const failure = await call().then(
        () => undefined,
        (error: unknown) => error,
      );
      expect(failure).toBeInstanceOf(kind);
      expect(failure).toMatchObject({ message });
    }
  });

  it("gets the data of a Completed state, typed", async () => {
    const found: number = await task({ name: "T" }, () => Completed({ name: "Found", data: 3 }))();
    expect(found).toBe(3);
  });

  it("gets what was thrown, even if it is no Error", async () => {
    const odd = task({ name: "Odd" }, () => {
      throw "just text";
    });
    await expect(flow({ name: "F" }, () => odd())()).rejects.toBe("just text");
  });

  it("gets the error of the run that made the states fail", async () => {
    await expect(flow({ name: "F" }, () => [fine.submit(), broken.submit()])()).rejects.toThrow("it broke");
  });
});

it("a returned Failed state is tried again as a thrown error is", async () => {
  let calls = 0;
  const t = task({ name: "T", retries: 2 }, () => {
    calls += 1;
    return calls < 3 ? Failed({ message: "not yet" }) : calls;
  });
  expect(await t()).toBe(3);
});

it("a state knows its kind, and says itself as Prefect does", () => {
  const state = new State("FAILED", "TimedOut", { message: "too long" });
  expect(String(state)).toBe("TimedOut(too long)");
  expect([
    state.isFailed(),
    state.isCompleted(),
    state.isCancelled(),
    state.isCrashed(),
    state.isFinal(),
  ]).toEqual([true, false, false, false, true]);
  expect(() => new State("RUNNING", "Running").result()).toThrow(/Run is in RUNNING state/);
  expect(state.timestamp.getTime()).toBeLessThanOrEqual(Date.now() + 1_000);
});
