const FIRST_SECONDS = 0.5;
const LONGEST_SECONDS = 30;

/** Seconds to wait before the nth try to connect again, from 1: 0.5, 1, 2, 4 … up to 30. */
export function reconnectDelaySeconds(attempt: number): number {
  return Math.min(LONGEST_SECONDS, FIRST_SECONDS * 2 ** (attempt - 1));
}
