import { describe, expect, it } from "vitest";
import { figure } from "../../../bench/support/figure.ts";
import { median, short } from "../../../bench/support/statistics.ts";

const head = { id: "S0", what: "something", unit: "ms", target: "≤ 1/2 of the peer" };

describe("a figure", () => {
  it("holds medians, their ratios and the raw numbers", () => {
    const made = figure(
      head,
      { ours: [30, 10, 20], peer: [100, 80], floor: [5] },
      ({ ratio }) => ratio <= 0.5,
    );
    expect(made).toMatchObject({ ours: 20, peer: 90, peerTuned: null, floor: 5, ratioToFloor: 4, met: true });
    expect(made.ratio).toBeCloseTo(20 / 90);
    expect(made.raw).toEqual({ ours: [30, 10, 20], peer: [100, 80], peerTuned: [], floor: [5] });
  });

  it("never meets a target whose other side was not measured", () => {
    expect(figure(head, { ours: [1] }, ({ ratio }) => ratio <= 0.5).met).toBe(false);
    expect(figure(head, { peer: [1] }, ({ ratio }) => ratio <= 0.5).met).toBe(false);
  });
});

describe("numbers for people", () => {
  it("has a median of an even and an odd count, and none of nothing", () => {
    expect([median([3, 1, 2]), median([4, 1, 2, 3]), median([])]).toEqual([2, 2.5, null]);
  });

  it("shows three digits, and none behind the point from 100 on", () => {
    expect([1_234.5, 123.4, 12.34, 1.234, 0.1234, 0.01234, 0, null].map(short)).toEqual([
      "1,235",
      "123",
      "12.3",
      "1.23",
      "0.123",
      "0.0123",
      "0",
      "–",
    ]);
  });
});
