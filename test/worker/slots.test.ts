import { describe, expect, it } from "vitest";
import { Slots } from "../../src/worker/slots.ts";

describe("slots", () => {
  it("gives no more than the limit, and tells when one is given back", () => {
    let freed = 0;
    const slots = new Slots(2, () => {
      freed += 1;
    });
    const first = slots.take();
    const second = slots.take();
    expect(slots.take()).toBeUndefined();
    second?.[Symbol.dispose]();
    expect(slots.free).toBe(1);
    first?.[Symbol.dispose]();
    expect([slots.free, slots.taken, freed]).toEqual([2, 0, 2]);
  });

  it("takes a slot back only once, however often it is disposed", () => {
    const slots = new Slots(1, () => undefined);
    const slot = slots.take();
    slot?.[Symbol.dispose]();
    slot?.[Symbol.dispose]();
    expect(slots.taken).toBe(0);
  });

  it("is freed by a scope that throws", () => {
    const slots = new Slots(1, () => undefined);
    expect(() => {
      using _slot = slots.take();
      throw new Error("in the middle");
    }).toThrow("in the middle");
    expect(slots.taken).toBe(0);
  });

  it("has no end without a limit", () => {
    expect(new Slots(undefined, () => undefined).free).toBe(Number.POSITIVE_INFINITY);
  });
});
