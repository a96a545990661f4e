/** Settings of a growing delay. All times in milliseconds. */
export interface Backoff {
  first: number;
  factor: number;
  max: number;
  /** Share of the delay that is random, 0..1. */
  jitter: number;
}

/** What the HTTP client waits between tries: 0.25 s, 0.5 s, 1 s … 20 s. */
export const httpBackoff: Backoff = { first: 250, factor: 2, max: 20_000, jitter: 0.5 };

/** What the poll and the sockets wait while the server is away: 1 s, 2 s, 4 s … one minute. */
export const outageBackoff: Backoff = { first: 1_000, factor: 2, max: 60_000, jitter: 0.3 };

/**
 * How long what must arrive is tried while the server is away, in milliseconds: a run's states and logs, and what a
 * worker has to tell of them.
 */
export const PATIENCE = 60 * 60_000;

/**
 * Milliseconds to wait before try number `attempt` + 1 (`attempt` counts from 1).
 * `random` is a number in 0..1. A `retryAfter` from the server is the least that is waited.
 */
export function retryDelay(attempt: number, backoff: Backoff, random: number, retryAfter = 0): number {
  const full = Math.min(backoff.max, backoff.first * backoff.factor ** (attempt - 1));
  return Math.max(retryAfter, full * (1 - backoff.jitter * random));
}

/** Reads a `Retry-After` header (seconds or an HTTP date) as milliseconds from `now`; 0 when absent or unreadable. */
export function parseRetryAfter(header: string | undefined, now: number): number {
  if (header === undefined) return 0;
  const seconds = Number(header);
  if (Number.isFinite(seconds)) return Math.max(0, seconds * 1000);
  const date = Date.parse(header);
  return Number.isNaN(date) ? 0 : Math.max(0, date - now);
}
