import { inspect } from "node:util";
import { describe, expect, expectTypeOf, it } from "vitest";
import {
  asCompleted,
  flow,
  type PrefectFuture,
  sleep,
  TimeoutError,
  task,
  wait,
} from "../../src/sdk/index.ts";
import { waitFor } from "../support/wait-for.ts";

const inFlow = <T>(body: () => T | Promise<T>) => flow({ name: "F" }, body)();

/** A task whose calls end when they are told to. */
function byHand() {
  const gates = new Map<string, PromiseWithResolvers<string>>();
  const gate = (name: string) => {
    const made = gates.get(name) ?? Promise.withResolvers<string>();
    // It may fail before its task has begun to wait for it.
    made.promise.catch(() => undefined);
    gates.set(name, made);
    return made;
  };
  return {
    end: (name: string) => gate(name).resolve(name),
    fail: (name: string) => gate(name).reject(new Error(name)),
    hand: task({ name: "By hand" }, (name: string) => gate(name).promise),
  };
}

describe("asCompleted", () => {
  it("gives futures in the order in which they end, failed ones as well, each once", async () => {
    const { hand, end, fail } = byHand();
    const seen: string[] = [];
    await inFlow(async () => {
      const [a, b, c] = hand.map(["a", "b", "c"]) as unknown as PrefectFuture<string>[];
      if (a === undefined || b === undefined || c === undefined) throw new Error("three were submitted");
      end("b");
      for await (const { future, state } of asCompleted([a, b, c, b])) {
        expectTypeOf(future).toEqualTypeOf<PrefectFuture<string>>();
        seen.push(`${future.taskRunName} ${state.name}`);
        if (future === b) fail("c");
        if (future === c) end("a");
      }
    });
    expect(seen).toEqual(["By hand-1 Completed", "By hand-2 Failed", "By hand-0 Completed"]);
  });

  it("gives those that will not run because of what failed before them", async () => {
    const { hand, fail } = byHand();
    const next = task({ name: "Next" }, (text: string) => text);
    const names: string[] = [];
    await inFlow(async () => {
      const future = next.submit(hand.submit("x"));
      fail("x");
      for await (const { state } of asCompleted([future])) names.push(state.name);
    });
    expect(names).toEqual(["NotReady"]);
  });

  it("throws when the time is over, and says how many are left", async () => {
    const { hand, end } = byHand();
    await inFlow(async () => {
      const futures = hand.map(["a", "b", "c"]);
      end("a");
      await futures[0];
      const names: string[] = [];
      const looping = async () => {
        for await (const { future } of asCompleted(futures, { timeout: 0.05 }))
          names.push(future.taskRunName);
      };
      await expect(looping()).rejects.toThrow(new TimeoutError("2 (of 3) futures unfinished"));
      expect(names).toEqual(["By hand-0"]);
      end("b");
      end("c");
    });
  });

  it("may be left, and leaves no timer behind", async () => {
    const timers = () => process.getActiveResourcesInfo().filter((name) => name === "Timeout").length;
    const before = timers();
    const quick = task({ name: "Quick" }, (n: number) => n);
    await inFlow(async () => {
      for await (const { future } of asCompleted(quick.map([1, 2, 3]), { timeout: 600 })) {
        expect(await future).toBe(1);
        break;
      }
      for await (const { future } of asCompleted(quick.map([1]), { timeout: 600 })) await future;
      await wait(quick.map([1]), { timeout: 600 });
    });
    await waitFor(() => timers() <= before, { what: "no more timers than before" });
  });

  it("of nothing ends at once", async () => {
    for await (const _ of asCompleted([])) throw new Error("there is none");
  });
});

describe("wait", () => {
  it("tells the futures that have ended from those that have not, when the time is over", async () => {
    const { hand, end, fail } = byHand();
    await inFlow(async () => {
      const futures = hand.map(["a", "b", "c"]);
      fail("c");
      end("a");
      await Promise.all([futures[0]?.wait(), futures[2]?.wait()]);
      const { done, notDone } = await wait(futures, { timeout: 0.05 });
      expect(done.map((one) => one.state.name)).toEqual(["Completed", "Failed"]);
      expect(notDone).toEqual([futures[1]]);
      const states = await futures.wait(0.01);
      expect(states.map((state) => state.isRunning())).toEqual([false, true, false]);
      await expect(futures[1]?.result(0.01)).rejects.toThrow(
        /'By hand-1' has not ended within 0\.01 seconds/,
      );
      end("b");
      expect((await wait([...futures, ...futures])).done).toEqual([...futures]);
      expect(await futures[1]?.result(600)).toBe("b");
    });
  });

  it("takes futures of different types", async () => {
    const count = task({ name: "Count" }, () => 1);
    const name = task({ name: "Name" }, () => "one");
    await inFlow(async () => {
      const { done } = await wait([count.submit(), name.submit()]);
      expectTypeOf(done).toEqualTypeOf<(PrefectFuture<number> | PrefectFuture<string>)[]>();
      expect(await Promise.all(done)).toEqual([1, "one"]);
      for await (const { future } of asCompleted([count.submit(), name.submit()]))
        expectTypeOf(future).toEqualTypeOf<PrefectFuture<number> | PrefectFuture<string>>();
    });
  });

  it("refuses a time that is none", async () => {
    await expect(wait([], { timeout: -1 })).rejects.toThrow("timeout is -1: give seconds");
    await expect(asCompleted([], { timeout: Number.NaN }).next()).rejects.toThrow("timeout is NaN");
  });
});

it("a future that is printed says what it is, and to await it", async () => {
  await inFlow(async () => {
    const future = task({ name: "Count" }, () => 1).submit();
    await future.wait();
    const text = "PrefectFuture of task run 'Count-0', Completed: await it for the result";
    expect(`${future}`).toBe(text);
    expect(inspect({ future })).toBe(`{\n  future: ${text}\n}`);
  });
});

it("a state gives its error in place of throwing it, when asked to", async () => {
  const broken = task({ name: "Broken" }, async (): Promise<number> => {
    await sleep(0);
    throw new RangeError("too far");
  });
  const state = await broken.submit().wait();
  expect(() => state.result()).toThrow(RangeError);
  expect(state.result({ raiseOnFailure: false })).toBeInstanceOf(RangeError);
});
