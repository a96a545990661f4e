/**
 * How long to wait before trying a git server again, ms: 0.5, 1, 2, 4 … 10 s, each with up to a quarter more, so that
 * runs that failed together do not come back together.
 *
 * @param attempt number of the attempt that failed, from 1
 * @param random a number in [0, 1)
 */
export function fetchRetryDelay(attempt: number, random: number): number {
  return Math.min(10_000, 500 * 2 ** (attempt - 1)) * (1 + random / 4);
}

/**
 * How long a waiter sleeps before it looks at a lock again, ms: 2 ms at first (a fetch of a near repository takes
 * about 20 ms), growing to 50 ms, spread by half either way.
 *
 * @param attempt number of the look that found the lock taken, from 1
 * @param random a number in [0, 1)
 */
export function lockPollDelay(attempt: number, random: number): number {
  return Math.min(50, 2 * 1.3 ** Math.min(attempt - 1, 20)) * (0.5 + random);
}
