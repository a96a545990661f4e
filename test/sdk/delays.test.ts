import { describe, expect, it } from "vitest";
import { exponentialBackoff, policyDelays, retryDelaySeconds } from "../../src/sdk/delays.ts";
import { parameterNames } from "../../src/sdk/engine/parameter-names.ts";
import { isoMicros, nextMicros } from "../../src/sdk/micros.ts";
import { fillTemplate } from "../../src/sdk/run-names.ts";

describe("the delay before a retry", () => {
  it.each([
    ["a number for all", 5, [5, 5, 5]],
    ["a list whose last holds for the rest", [1, 2], [1, 2, 2]],
    ["an empty list", [], [0, 0, 0]],
    ["one that doubles", exponentialBackoff({ backoffFactor: 10 }), [10, 20, 40]],
  ])("is %s", (_, delay, expected) => {
    const seconds = [1, 2, 3].map((retry) => retryDelaySeconds({ delay, retries: 3 }, retry, 0.7));
    expect(seconds).toEqual(expected);
  });

  it.each([
    [0, 5],
    [0.5, 10],
    [1, 15],
  ])("with jitter 0.5 and random %s is %s seconds of 10", (random, expected) => {
    expect(retryDelaySeconds({ delay: 10, retries: 1, jitter: 0.5 }, 1, random)).toBe(expected);
  });

  it("is never less than nothing", () => {
    expect(retryDelaySeconds({ delay: 10, retries: 1, jitter: 3 }, 1, 0)).toBe(0);
  });

  it("is kept by a server for 50 retries at most", () => {
    expect(policyDelays(exponentialBackoff({ backoffFactor: 1 }), 80)).toHaveLength(50);
  });
});

it.each<[string, (...args: never[]) => unknown, string[]]>([
  ["no parameters", () => 1, []],
  ["one without brackets", (n) => n, ["n"]],
  ["several with defaults", (a = [1, Math.max(2, 3)], b = "),(", c = { d: 1 }) => [a, b, c], ["a", "b", "c"]],
  [
    "patterns",
    ({ a }: { a: number }, [b]: number[], ...rest: number[]) => [a, b, rest],
    ["arg0", "arg1", "rest"],
  ],
  [
    "a named function",
    async function load(museum, limit) {
      return [museum, limit];
    },
    ["museum", "limit"],
  ],
  ["letters of other alphabets", (år, $x, _y) => [år, $x, _y], ["år", "$x", "_y"]],
])("the names of a function's parameters: %s", (_, fn, expected) => {
  expect(parameterNames(fn)).toEqual(expected);
});

it.each<[string, Record<string, unknown>, string]>([
  ["load {a}", { a: 1 }, "load 1"],
  ["{a.b}", { a: { b: "x" } }, "x"],
  ["{a.b.c}", { a: {} }, "undefined"],
  ["{list}", { list: [1, 2] }, "[ 1, 2 ]"],
  ["{day}", { day: new Date(0) }, "1970-01-01T00:00:00.000Z"],
  ["no names", {}, "no names"],
])("the run name %j of %j is %j", (template, values, expected) => {
  expect(fillTemplate(template, values)).toBe(expected);
});

it("moments of one millisecond are told apart, in their order", () => {
  const moments = Array.from({ length: 2_000 }, () => isoMicros(nextMicros()));
  expect(new Set(moments).size).toBe(2_000);
  expect(moments.toSorted()).toEqual(moments);
  expect(moments[0]).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/);
});
