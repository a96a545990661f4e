import { setTimeout as wait } from "node:timers/promises";

/** Waits `seconds`; throws the signal's reason when it fires. */
export async function abortableSleep(seconds: number, signal: AbortSignal | undefined): Promise<void> {
  try {
    await wait(seconds * 1000, undefined, signal && { signal });
  } catch (error) {
    throw signal?.aborted ? signal.reason : error;
  }
}
