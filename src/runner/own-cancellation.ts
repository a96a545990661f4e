import { setTimeout as sleep } from "node:timers/promises";
import type { PrefectClient } from "../prefect/client/client.ts";
import { errorText } from "../prefect/errors.ts";
import { isSuspended } from "../prefect/states.ts";

export interface OwnCancellationWatch {
  client: Pick<PrefectClient, "flowRuns">;
  flowRunId: string;
  seconds: number;
  onCancelled: () => void;
  onSuspended: () => void;
  onError: (text: string) => void;
}

/** A run whose worker is gone looks itself, every `seconds`, whether it was cancelled or suspended, until `signal` fires. */
export async function watchOwnCancellation(watch: OwnCancellationWatch, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    await sleep(watch.seconds * 1000, undefined, { signal, ref: false }).catch(() => undefined);
    if (signal.aborted) return;
    try {
      const { state_type, state_name } = await watch.client.flowRuns.read(watch.flowRunId);
      if (isSuspended({ type: state_type, name: state_name }) || state_name === "Resuming")
        watch.onSuspended();
      if (state_type !== "CANCELLING" && state_type !== "CANCELLED") continue;
      watch.onCancelled();
      return;
    } catch (error) {
      watch.onError(`Whether the run was cancelled or suspended could not be asked: ${errorText(error)}`);
    }
  }
}
