import { describe, expect, it } from "vitest";
import { httpBackoff, outageBackoff, parseRetryAfter, retryDelay } from "../../src/prefect/retry-delay.ts";

describe("retry delay", () => {
  it("doubles from a quarter of a second up to twenty seconds when nothing is random", () => {
    const delays = [1, 2, 3, 4, 5, 6, 7, 8, 9].map((attempt) => retryDelay(attempt, httpBackoff, 0));
    expect(delays).toEqual([250, 500, 1000, 2000, 4000, 8000, 16_000, 20_000, 20_000]);
  });

  it("takes at most the jitter's share away", () => {
    expect(retryDelay(3, httpBackoff, 1)).toBe(500);
    expect(retryDelay(100, outageBackoff, 1)).toBe(42_000);
  });

  it("never waits less than the server asked for", () => {
    expect(retryDelay(1, httpBackoff, 0.5, 7_000)).toBe(7_000);
  });

  it.each([
    ["3", 3_000],
    ["0.5", 500],
    ["Sun, 22 Nov 2026 12:00:10 GMT", 10_000],
    ["Sun, 22 Nov 2026 11:00:00 GMT", 0],
    ["soon", 0],
    [undefined, 0],
  ])("reads Retry-After %s as %i ms", (header, expected) => {
    expect(parseRetryAfter(header, Date.parse("2026-11-22T12:00:00Z"))).toBe(expected);
  });
});
