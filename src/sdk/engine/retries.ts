import { setTimeout as sleep } from "node:timers/promises";
import { type RetryDelay, retryDelaySeconds } from "../delays.ts";

export interface Retries {
  /** Further tries after the first. */
  retries: number;
  delay: RetryDelay;
  signal: AbortSignal;
  /** Told before each wait; `retry` counts from 1. */
  onRetry?: (error: unknown, retry: number, delaySeconds: number) => void;
}

/** Calls `body` until it succeeds or its tries are used up; an abort ends it at once. */
export async function runWithRetries<T>(options: Retries, body: (attempt: number) => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await body(attempt);
    } catch (error) {
      if (attempt > options.retries || options.signal.aborted) throw error;
      const seconds = retryDelaySeconds(options.delay, attempt);
      options.onRetry?.(error, attempt, seconds);
      await sleep(seconds * 1000, undefined, { signal: options.signal });
    }
  }
}
