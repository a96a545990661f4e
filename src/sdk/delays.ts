/** Seconds before each further try: one number for all, or a list whose last holds for the rest. */
export type RetryDelay = number | number[];

/** Seconds to wait before retry number `retry` (from 1). */
export function retryDelaySeconds(delay: RetryDelay, retry: number): number {
  if (typeof delay === "number") return delay;
  return delay[Math.min(retry, delay.length) - 1] ?? 0;
}
