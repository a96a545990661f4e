import { longTimeout } from "./long-timeout.ts";

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
  /** None and 0: as long as it takes, as in Prefect. */
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
export function withLimits<T>(limits: Limits, body: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const { what, timeoutSeconds, cancelled, cancelGrace } = limits;
  let signal = cancelled;
  let timer: Disposable | undefined;
  const begun = performance.now();
  if (timeoutSeconds) {
    const timeout = new AbortController();
    const fire = () => timeout.abort(new RunTimeoutError(what, timeoutSeconds));
    timer = longTimeout(fire, timeoutSeconds * 1000);
    signal = AbortSignal.any([cancelled, timeout.signal]);
  }
  return new Promise<T>((resolve, reject) => {
    let grace: NodeJS.Timeout | undefined;
    const end = () => {
      timer?.[Symbol.dispose]();
      clearTimeout(grace);
      signal.removeEventListener("abort", onAbort);
    };
    const giveUp = () => {
      end();
      reject(signal.reason);
    };
    const onAbort = () => {
      if (!cancelled.aborted) giveUp();
      else grace = setTimeout(giveUp, cancelGrace).unref();
    };
    // Once given up on, what the body still gives or throws is of no use, and must not count as unhandled.
    body(signal).then(
      (value) => {
        if (signal.aborted) giveUp();
        else if (timeoutSeconds && performance.now() - begun > timeoutSeconds * 1000) {
          // It never let go of the thread, so no timer could fire.
          end();
          reject(new RunTimeoutError(what, timeoutSeconds));
        } else {
          end();
          resolve(value);
        }
      },
      (error) => {
        end();
        reject(signal.aborted ? signal.reason : error);
      },
    );
    if (signal.aborted) onAbort();
    else signal.addEventListener("abort", onAbort, { once: true });
  });
}

/** @throws TypeError when it is no number of seconds */
export function checkTimeout(
  what: string,
  { timeoutSeconds }: { timeoutSeconds?: number | undefined },
): void {
  if (timeoutSeconds === undefined || timeoutSeconds >= 0) return;
  throw new TypeError(`${what}: timeoutSeconds is ${timeoutSeconds}. Give seconds; 0 for no limit.`);
}
