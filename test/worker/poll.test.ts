import { expect, it } from "vitest";
import { restAfterPoll } from "../../src/worker/poll.ts";

it.each([
  [1, 50],
  [40, 80],
  [700, 1_400],
  [60_000, 2_000],
])(
  "after a poll of %i ms the worker rests %i ms before the next, so that it cannot flood a slow server",
  (took, rest) => {
    expect(restAfterPoll(took)).toBe(rest);
  },
);
