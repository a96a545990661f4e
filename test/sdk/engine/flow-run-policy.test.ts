import { expect, it } from "vitest";
import { isOwn } from "../../../src/sdk/engine/flow-run-policy.ts";
import { exponentialBackoff } from "../../../src/sdk/index.ts";

const flow = { name: "F", retries: 3 };

it.each<[string, Parameters<typeof isOwn>, boolean]>([
  ["no delay", [flow, { retries: 3, retry_delay: 0 }], true],
  [
    "one delay, in whole seconds",
    [
      { ...flow, retryDelaySeconds: 7.9 },
      { retries: 3, retry_delay: 7 },
    ],
    true,
  ],
  [
    "one of a list",
    [
      { ...flow, retryDelaySeconds: [1, 60] },
      { retries: 3, retry_delay: 60 },
    ],
    true,
  ],
  [
    "one of those that grow",
    [
      { ...flow, retryDelaySeconds: exponentialBackoff({ backoffFactor: 10 }) },
      { retries: 3, retry_delay: 40 },
    ],
    true,
  ],
  [
    "within the jitter",
    [
      { ...flow, retryDelaySeconds: 10, retryJitterFactor: 0.5 },
      { retries: 3, retry_delay: 14 },
    ],
    true,
  ],
  [
    "beyond the jitter",
    [
      { ...flow, retryDelaySeconds: 10, retryJitterFactor: 0.5 },
      { retries: 3, retry_delay: 16 },
    ],
    false,
  ],
  ["other retries", [flow, { retries: 5, retry_delay: 0 }], false],
  ["another delay", [flow, { retries: 3, retry_delay: 30 }], false],
  ["nothing told", [flow, { retries: null, retry_delay: null }], false],
])("a run's policy is known as the flow's own by its retries and delay: %s", (_, [options, policy], own) => {
  expect(isOwn(options, policy)).toBe(own);
});
