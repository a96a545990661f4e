import { CancelledError } from "../cancellation.ts";

/**
 * The signal that hooks run under. That of a run that was cancelled has fired, and whatever waits would throw at once: its
 * hooks get one of their own, which fires after `milliseconds`.
 */
export function hookSignal(ofRun: AbortSignal, milliseconds: number): { signal: AbortSignal } & Disposable {
  if (!ofRun.aborted) return { signal: ofRun, [Symbol.dispose]: () => undefined };
  const over = new AbortController();
  const reason = new CancelledError("The hooks of the cancelled run had no more time.");
  const timer = setTimeout(() => over.abort(reason), milliseconds).unref();
  return { signal: over.signal, [Symbol.dispose]: () => clearTimeout(timer) };
}
