/** The delays of so many retries. */
export type RetryDelays = (retries: number) => number[];

/** Seconds before each further try: one number for all, a list whose last holds for the rest, or `exponentialBackoff`. */
export type RetryDelay = number | number[] | RetryDelays;

/** No more delays than this are kept, as in Prefect's Python. */
const MOST = 50;

/**
 * Delays that double: `retryDelaySeconds: exponentialBackoff({ backoffFactor: 10 })` waits 10, 20, 40 … seconds.
 * Add `retryJitterFactor`, so that many runs that failed at once don't come back at once.
 */
export function exponentialBackoff({ backoffFactor }: { backoffFactor: number }): RetryDelays {
  return (retries) =>
    Array.from({ length: Math.min(retries, MOST) }, (_, retry) => backoffFactor * 2 ** retry);
}

/** The delays of a flow or task as a server keeps them: a number, or one number a retry. */
export function policyDelays(delay: RetryDelay, retries: number): number | number[] {
  return typeof delay === "function" ? delay(retries) : delay;
}

/**
 * Seconds to wait before retry number `retry` (from 1) of `retries`.
 * `jitter` is the share by which the delay may be shorter or longer, `random` a number in 0..1.
 */
export function retryDelaySeconds(
  { delay, retries, jitter = 0 }: { delay: RetryDelay; retries: number; jitter?: number | undefined },
  retry: number,
  random: number,
): number {
  const delays = policyDelays(delay, retries);
  const seconds = typeof delays === "number" ? delays : (delays[Math.min(retry, delays.length) - 1] ?? 0);
  return Math.max(0, seconds * (1 + jitter * (2 * random - 1)));
}

/** @throws TypeError when the retries of a flow or task make no sense; `what` is its name in words */
export function checkRetries(
  what: string,
  options: { retries?: number; retryDelaySeconds?: RetryDelay; retryJitterFactor?: number },
): void {
  const { retries = 0, retryDelaySeconds: delay = 0, retryJitterFactor = 0 } = options;
  if (!Number.isInteger(retries) || retries < 0)
    throw new TypeError(`${what} has retries: ${retries}; give a whole number, 0 or more.`);
  if (!(retryJitterFactor >= 0))
    throw new TypeError(`${what} has retryJitterFactor: ${retryJitterFactor}; give 0 or more, such as 0.5.`);
  const delays = [policyDelays(delay, retries)].flat();
  if (delays.length > MOST)
    throw new TypeError(`${what} has ${delays.length} retry delays; ${MOST} are the most.`);
  const wrong = delays.find((seconds) => !(seconds >= 0));
  if (wrong !== undefined)
    throw new TypeError(`${what} has a retry delay of ${wrong} seconds; give 0 or more.`);
}
