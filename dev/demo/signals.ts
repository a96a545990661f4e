const SAME_PRESS_MS = 500;

/**
 * An abort signal for Ctrl-C, SIGTERM and SIGHUP. A second one ends this process at once; the stack's guard then
 * cleans up. Ctrl-C reaches us from the terminal and once more through npm: within half a second it counts as one.
 */
export function onStopSignals(): AbortSignal {
  const stop = new AbortController();
  let first: number | undefined;
  const handle = () => {
    first ??= performance.now();
    if (performance.now() - first > SAME_PRESS_MS) process.exit(130);
    if (!stop.signal.aborted) stop.abort(new Error("the demo has been told to stop"));
  };
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, handle);
  return stop.signal;
}
