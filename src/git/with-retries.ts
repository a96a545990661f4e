import { setTimeout as delay } from "node:timers/promises";
import { cancelled, PullError } from "./errors.ts";
import type { Log } from "./log.ts";
import { fetchRetryDelay } from "./retry-delay.ts";

/** How often to try, and how long to wait after the n-th failure (from 1), ms. */
export interface RetryPolicy {
  attempts: number;
  delayMs: (attempt: number) => number;
}

const DEFAULT_POLICY: RetryPolicy = {
  attempts: 3,
  delayMs: (attempt) => fetchRetryDelay(attempt, Math.random()),
};

/** Repeats `work` while its error says that a retry may help. Throws the last error, or GIT_CANCELLED while waiting. */
export async function withRetries<T>(
  work: () => Promise<T>,
  options: { log: Log; signal?: AbortSignal | undefined; retry?: RetryPolicy | undefined },
): Promise<T> {
  const policy = options.retry ?? DEFAULT_POLICY;
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof PullError && error.retryable) || attempt >= policy.attempts) throw error;
      const wait = policy.delayMs(attempt);
      options.log(
        "warning",
        `${error.message} Trying again in ${Math.round(wait)} ms (${attempt} of ${policy.attempts - 1}).`,
      );
      await delay(wait, undefined, { signal: options.signal }).catch(() => {
        throw cancelled("Getting the code");
      });
    }
  }
}
