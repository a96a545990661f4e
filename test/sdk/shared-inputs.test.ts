import { expect, it } from "vitest";
import { allowFailure, flow, task } from "../../src/sdk/index.ts";

const one = task({ name: "One" }, () => 1);
const broken = task({ name: "Broken" }, () => {
  throw new Error("it broke");
});
const pair = task({ name: "Pair" }, (...values: unknown[]) => values);
const inFlow = <T>(body: () => T | Promise<T>) => flow({ name: "F" }, body);

it("a list of futures that is given twice is resolved in both places, and stays one list", async () => {
  await inFlow(async () => {
    const list = [one.submit()];
    const [first, second] = await pair(list, { again: list });
    expect(first).toEqual([1]);
    expect(second).toEqual({ again: [1] });
    expect((second as { again: unknown }).again).toBe(first);
  })();
});

it("an object that lies in itself is resolved, and lies in itself", async () => {
  await inFlow(async () => {
    const knot: { value: unknown; self?: unknown } = { value: one.submit() };
    knot.self = knot;
    const [got] = (await pair(knot)) as [typeof knot];
    expect(got.value).toBe(1);
    expect(got.self).toBe(got);
  })();
});

it("a list with a failed future, allowed in one place, still fails the other", async () => {
  await inFlow(async () => {
    const list = [broken.submit()];
    const state = pair.submit(allowFailure(list) as unknown, list);
    expect(await state.wait()).toMatchObject({ name: "NotReady" });
    const [allowed] = (await pair(allowFailure(list) as unknown)) as [Error[]];
    expect(allowed[0]?.message).toBe("it broke");
  })();
});

it("futures in a set are resolved, and decide together when they are returned", async () => {
  await inFlow(async () => {
    expect(await pair(new Set([one.submit()]))).toEqual([new Set([1])]);
  })();
  const state = await inFlow(() => new Set([one.submit(), broken.submit()])).returnState();
  expect(state).toMatchObject({ type: "FAILED", message: "1/2 states failed." });
});

it("a flow may return an object that holds a future and itself", async () => {
  const state = await inFlow(() => {
    const knot: { future: unknown; self?: unknown } = { future: one.submit() };
    knot.self = knot;
    return knot;
  }).returnState();
  expect(state.type).toBe("COMPLETED");
  const data = state.data as { future: { type: string }; self: unknown };
  expect(data.future.type).toBe("COMPLETED");
  expect(data.self).toBe(data);
});
