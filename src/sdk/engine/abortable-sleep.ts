import { longTimeout } from "../long-timeout.ts";

/** Waits `seconds`, also when they are months; throws the signal's reason when it fires. */
export async function abortableSleep(seconds: number, signal: AbortSignal | undefined): Promise<void> {
  signal?.throwIfAborted();
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const onAbort = () => reject(signal?.reason);
  signal?.addEventListener("abort", onAbort, { once: true });
  using _timer = longTimeout(resolve, seconds * 1000);
  await promise.finally(() => signal?.removeEventListener("abort", onAbort));
}
