import { setTimeout as delay } from "node:timers/promises";

interface WaitOptions {
  /** What is waited for, in the message when it does not come: "the run is Completed". */
  readonly what?: string;
  /** Default 30 seconds. */
  readonly timeoutMs?: number;
  /** Default 50 milliseconds. */
  readonly everyMs?: number;
}

/**
 * Waits until a condition gives something other than undefined, null or false, and gives that.
 * A condition that throws is tried again.
 * @throws Error when the time is up, with the last value or the last error
 */
export async function waitFor<T>(
  condition: () => T | Promise<T>,
  { what = "the condition", timeoutMs = 30_000, everyMs = 50 }: WaitOptions = {},
): Promise<Exclude<T, undefined | null | false>> {
  const deadline = performance.now() + timeoutMs;
  for (;;) {
    let last: string;
    let cause: unknown;
    try {
      const value = await condition();
      if (value !== undefined && value !== null && value !== false) {
        return value as Exclude<T, undefined | null | false>;
      }
      last = `last value: ${String(value)}`;
    } catch (error) {
      last = `last error: ${(error as Error).message}`;
      cause = error;
    }
    if (performance.now() > deadline) {
      throw new Error(`waited ${timeoutMs / 1000} s for: ${what} (${last})`, { cause });
    }
    await delay(everyMs);
  }
}
