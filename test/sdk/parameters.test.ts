import { describe, expect, it } from "vitest";
import { z } from "zod";
import { checkParameters, ParameterError } from "../../src/sdk/parameters.ts";

const check = (shape: z.ZodRawShape, given: unknown) =>
  checkParameters({ name: "F", parameters: z.object(shape) }, given);

describe("parameters", () => {
  it("get their defaults, and the types that the schema makes of them", () => {
    const since = "2026-11-22T08:00:00Z";
    expect(check({ n: z.int().default(3), since: z.coerce.date() }, { since })).toEqual({
      n: 3,
      since: new Date(since),
    });
  });

  it("that are wrong are refused with the path of each, unknown ones too", () => {
    const shape = { n: z.int(), deep: z.object({ list: z.array(z.string()) }) };
    const wrong = () => check(shape, { n: 1.5, deep: { list: ["a", 2] }, more: 1 });
    expect(wrong).toThrow(ParameterError);
    expect(wrong).toThrow(/n: .*deep\.list\.1: .*more/s);
  });
});

describe("parameters whose schema says what becomes of unknown names", () => {
  const flow = (parameters: z.ZodObject) => ({ name: "F", parameters });

  it("keep them, when it lets them through", () => {
    const given = { n: 1, more: "x" };
    expect(checkParameters(flow(z.looseObject({ n: z.int() })), given)).toEqual(given);
    expect(checkParameters(flow(z.object({ n: z.int() }).catchall(z.string())), given)).toEqual(given);
  });

  it("have them checked, when it says how", () => {
    const typed = flow(z.object({ n: z.int() }).catchall(z.number()));
    expect(() => checkParameters(typed, { n: 1, more: "x" })).toThrow(/more: .*number/);
    expect(() => checkParameters(flow(z.strictObject({ n: z.int() })), { n: 1, more: 2 })).toThrow(/more/);
  });
});

it("parameters that can only be checked asynchronously are refused, and it is said where to check them", () => {
  const slow = z.string().refine(async (text) => text !== "");
  expect(() => check({ museum: slow }, { museum: "UM" })).toThrow(
    /flow "F" have an asynchronous refinement or transform.*beginning of the flow's function/,
  );
});

describe("what the UI's form sends", () => {
  it.each([
    [
      "a moment in the zone of whoever fills it",
      z.iso.datetime(),
      "2026-11-22T08:00:00+01:00",
      "2026-11-22T07:00:00Z",
    ],
    ["one with milliseconds", z.iso.datetime(), "2026-11-22T08:00:00.250+01:00", "2026-11-22T07:00:00.250Z"],
    ["one in UTC", z.iso.datetime(), "2026-11-22T08:00:00Z", "2026-11-22T08:00:00Z"],
    [
      "one whose zone is asked for",
      z.iso.datetime({ offset: true }),
      "2026-11-22T08:00:00+01:00",
      "2026-11-22T08:00:00+01:00",
    ],
    ["one that may be null", z.iso.datetime().nullish(), "2026-11-22T08:00:00+01:00", "2026-11-22T07:00:00Z"],
    ["a list of them", z.array(z.iso.datetime()), ["2026-11-22T08:00:00+01:00"], ["2026-11-22T07:00:00Z"]],
    [
      "one inside an object",
      z.object({ from: z.iso.datetime().default("2026-01-01T00:00:00Z") }),
      { from: "2026-11-22T08:00:00-02:00" },
      { from: "2026-11-22T10:00:00Z" },
    ],
    ["text that only looks like one", z.string(), "2026-11-22T08:00:00+01:00", "2026-11-22T08:00:00+01:00"],
    ["null for what may be left out", z.int().optional(), null, undefined],
    ["null for what has a default", z.int().default(5), null, 5],
    ["null for what takes it", z.int().nullable().default(5), null, null],
    ["null for a choice that has it", z.union([z.int(), z.null()]).optional(), null, null],
  ])("%s is taken", (_, type, sent, taken) => {
    expect(check({ x: type }, { x: sent })).toEqual(taken === undefined ? {} : { x: taken });
  });

  it("null for what is required is refused", () => {
    expect(() => check({ x: z.int() }, { x: null })).toThrow(/x: .*null/);
  });
});
