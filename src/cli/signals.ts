import { constants } from "node:os";

/** What the worker is asked to do by signals. */
export interface WorkerSignals {
  /** Take no new run, let those under way end. */
  drain: AbortSignal;
  /** End the runs under way too. */
  cancel: AbortSignal;
}

/**
 * One key press can arrive twice: from the terminal, which tells the whole process group, and from whoever
 * started us and passes it on. Milliseconds within which a signal counts as the same one.
 */
const SAME_KEY_PRESS = 100;

/**
 * Listens for SIGTERM and SIGINT: the first drains, the second cancels, the third ends this process at once.
 * `told` hears which step it is. Close it (`using`) to give the signals back.
 */
export function workerSignals(
  told: (step: "drain" | "cancel", signal: string) => void,
): WorkerSignals & Disposable {
  const drain = new AbortController();
  const cancel = new AbortController();
  let last = Number.NEGATIVE_INFINITY;
  const onSignal = (signal: NodeJS.Signals) => {
    const now = performance.now();
    if (now - last < SAME_KEY_PRESS) return;
    last = now;
    if (!drain.signal.aborted) {
      told("drain", signal);
      drain.abort(new Error(`Received ${signal}`));
    } else if (!cancel.signal.aborted) {
      told("cancel", signal);
      cancel.abort(new Error(`Received ${signal} again`));
    } else {
      process.exit(128 + constants.signals[signal]);
    }
  };
  process.on("SIGTERM", onSignal);
  process.on("SIGINT", onSignal);
  return {
    drain: drain.signal,
    cancel: cancel.signal,
    [Symbol.dispose]() {
      process.off("SIGTERM", onSignal);
      process.off("SIGINT", onSignal);
    },
  };
}
