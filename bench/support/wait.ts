import { setTimeout as delay } from "node:timers/promises";

/**
 * Waits until a condition gives something other than undefined or false, and gives that.
 * @throws Error when the time is up or the signal fires
 */
export async function until<T>(
  what: string,
  condition: () => Promise<T | undefined | false> | T | undefined | false,
  options: { signal: AbortSignal; timeoutMs: number; everyMs?: number },
): Promise<T> {
  const deadline = performance.now() + options.timeoutMs;
  for (;;) {
    options.signal.throwIfAborted();
    const value = await condition();
    if (value !== undefined && value !== false) return value;
    if (performance.now() > deadline) throw new Error(`waited ${options.timeoutMs / 1000} s for: ${what}`);
    await delay(options.everyMs ?? 50, undefined, { signal: options.signal });
  }
}

/** The same for a promise that somebody else settles. */
export async function within<T>(
  what: string,
  promise: Promise<T>,
  options: { signal: AbortSignal; timeoutMs: number },
): Promise<T> {
  const done = new AbortController();
  const late = delay(options.timeoutMs, undefined, {
    signal: AbortSignal.any([done.signal, options.signal]),
  }).then(() => {
    throw new Error(`waited ${options.timeoutMs / 1000} s for: ${what}`);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    // Whoever lost the race has nobody left to tell.
    late.catch(() => undefined);
    done.abort();
  }
}

/** Waits so many milliseconds; throws when the signal fires. */
export async function sleep(milliseconds: number, signal: AbortSignal): Promise<void> {
  await delay(milliseconds, undefined, { signal });
}
