/** Thrown into a flow or task that took longer than its `timeoutSeconds`. */
export class RunTimeoutError extends Error {
  override readonly name = "RunTimeoutError";
  constructor(what: string, seconds: number) {
    super(`${what} exceeded its timeout of ${seconds} seconds`);
  }
}

/**
 * Runs `body` under a signal that also fires after `seconds`, and stops waiting for it then.
 * The body goes on in the background until it looks at the signal: JavaScript cannot be interrupted.
 */
export async function withTimeout<T>(
  what: string,
  seconds: number | undefined,
  outer: AbortSignal,
  body: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  if (seconds === undefined) return raceAbort(outer, body(outer));
  const controller = new AbortController();
  const timer = setTimeout(() => controller.abort(new RunTimeoutError(what, seconds)), seconds * 1000);
  const signal = AbortSignal.any([outer, controller.signal]);
  try {
    return await raceAbort(signal, body(signal));
  } finally {
    clearTimeout(timer);
  }
}

async function raceAbort<T>(signal: AbortSignal, work: Promise<T>): Promise<T> {
  let onAbort: () => void = () => undefined;
  const aborted = new Promise<never>((_, reject) => {
    onAbort = () => reject(signal.reason);
    if (signal.aborted) onAbort();
    else signal.addEventListener("abort", onAbort, { once: true });
  });
  try {
    return await Promise.race([work, aborted]);
  } finally {
    signal.removeEventListener("abort", onAbort);
    // Whichever lost the race may still reject: that must not count as unhandled.
    work.catch(() => undefined);
    aborted.catch(() => undefined);
  }
}
