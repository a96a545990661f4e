import { currentSignal } from "./context.ts";
import { abortableSleep } from "./engine/abortable-sleep.ts";

/** Waits `seconds`; throws at once when the run is cancelled or timed out. */
export function sleep(seconds: number): Promise<void> {
  return abortableSleep(seconds, currentSignal());
}
