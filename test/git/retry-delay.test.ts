import { expect, test } from "vitest";
import { fetchRetryDelay, lockPollDelay } from "../../src/git/retry-delay.ts";

test("tries of a git server are 0.5 s apart, then twice as long each time, up to 10 s", () => {
  expect([1, 2, 3, 4, 5, 6, 20].map((attempt) => fetchRetryDelay(attempt, 0))).toEqual([
    500, 1_000, 2_000, 4_000, 8_000, 10_000, 10_000,
  ]);
  expect(fetchRetryDelay(1, 0.8)).toBe(600);
});

test("looks at a lock are a few milliseconds apart, then up to 50 ms, spread by half either way", () => {
  expect(lockPollDelay(1, 0.5)).toBe(2);
  expect(lockPollDelay(5, 0.5)).toBeCloseTo(5.7, 1);
  expect(lockPollDelay(100, 0)).toBe(25);
  expect(lockPollDelay(100, 0.99)).toBeCloseTo(74.5, 1);
});
