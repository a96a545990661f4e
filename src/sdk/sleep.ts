import { setTimeout as wait } from "node:timers/promises";
import { getRunContext } from "./context.ts";

/** Waits `seconds`; throws at once when the run is cancelled or timed out. */
export async function sleep(seconds: number): Promise<void> {
  const signal = getRunContext()?.signal;
  try {
    await wait(seconds * 1000, undefined, signal && { signal });
  } catch (error) {
    throw signal?.aborted ? signal.reason : error;
  }
}
