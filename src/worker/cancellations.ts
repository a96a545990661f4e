import { setTimeout as sleep } from "node:timers/promises";
import type { Logger } from "pino";
import type { PrefectClient } from "../prefect/client/client.ts";
import { errorText } from "../prefect/errors.ts";
import { isSuspended } from "../prefect/states.ts";

/** How many runs one request asks for: the server's largest page. */
const PAGE = 200;

export interface CancellationWatch {
  client: PrefectClient;
  logger: Logger;
  seconds: number;
  /** Runs of this worker now. */
  inFlight: () => string[];
  onCancelling: (flowRunId: string) => void;
  onSuspended: (flowRunId: string) => void;
}

/**
 * Asks every `seconds` whether runs of this worker are `Cancelling` or `Suspended`, until `signal` fires. Events tell of it
 * at once; this finds what an event that was lost would have told. Idle workers ask nothing.
 */
export async function watchCancellations(watch: CancellationWatch, signal: AbortSignal): Promise<void> {
  for (;;) {
    await sleep(watch.seconds * 1000, undefined, { signal }).catch(() => undefined);
    if (signal.aborted) return;
    const ids = watch.inFlight();
    try {
      for (let start = 0; start < ids.length; start += PAGE) {
        const found = await watch.client.flowRuns.filter(
          {
            flow_runs: {
              id: { any_: ids.slice(start, start + PAGE) },
              state: { type: { any_: ["CANCELLING", "CANCELLED", "PAUSED"] } },
            },
            limit: PAGE,
          },
          { signal, retryFor: 0 },
        );
        for (const { id, state_type, state_name } of found) {
          if (state_type !== "PAUSED") watch.onCancelling(id);
          else if (isSuspended({ type: state_type, name: state_name })) watch.onSuspended(id);
        }
      }
    } catch (error) {
      watch.logger.debug(`Cancelled and suspended runs could not be asked for: ${errorText(error)}`);
    }
  }
}
