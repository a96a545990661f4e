import { setTimeout as sleep } from "node:timers/promises";

/** Thrown into a flow or task that took longer than its `timeoutSeconds`. */
export class RunTimeoutError extends Error {
  override readonly name = "RunTimeoutError";
  constructor(what: string, seconds: number) {
    super(`${what} exceeded its timeout of ${seconds} seconds`);
  }
}

export interface Limits {
  /** What is limited, as a message says it: `Flow "Users"`. */
  what: string;
  timeoutSeconds: number | undefined;
  /** Fires when the run is cancelled. */
  cancelled: AbortSignal;
  /** Milliseconds that a cancelled body has to put things in order before it is no longer waited for. */
  cancelGrace: number;
}

/**
 * Runs `body` under a signal that fires at a cancellation or after the time-out. A timed-out body is not waited for;
 * a cancelled one is given `cancelGrace`. Either goes on until it looks at the signal: JavaScript cannot be interrupted.
 */
export async function withLimits<T>(limits: Limits, body: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const { what, timeoutSeconds, cancelled, cancelGrace } = limits;
  const timeout = new AbortController();
  const timer =
    timeoutSeconds === undefined
      ? undefined
      : setTimeout(() => timeout.abort(new RunTimeoutError(what, timeoutSeconds)), timeoutSeconds * 1000);
  const signal = AbortSignal.any([cancelled, timeout.signal]);
  const work = body(signal);
  // Given up on, it may still reject: that must not count as unhandled.
  const settled = work.then(
    () => undefined,
    () => undefined,
  );
  const over = onceAborted(signal);
  try {
    const first = await Promise.race([settled.then(() => "settled" as const), over.promise]);
    if (first === "settled") return await work;
    if (cancelled.aborted) await Promise.race([settled, sleep(cancelGrace, undefined, { ref: false })]);
    throw signal.reason;
  } finally {
    over.forget();
    clearTimeout(timer);
  }
}

function onceAborted(signal: AbortSignal): { promise: Promise<"aborted">; forget: () => void } {
  const { promise, resolve } = Promise.withResolvers<"aborted">();
  const listener = () => resolve("aborted");
  if (signal.aborted) listener();
  else signal.addEventListener("abort", listener, { once: true });
  return { promise, forget: () => signal.removeEventListener("abort", listener) };
}
