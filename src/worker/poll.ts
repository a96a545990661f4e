import { setTimeout as sleep } from "node:timers/promises";
import type { Logger } from "pino";
import type { ScheduledFlowRun } from "../prefect/api-types.ts";
import type { PrefectClient } from "../prefect/client/client.ts";
import { errorText } from "../prefect/errors.ts";
import { outageBackoff, retryDelay } from "../prefect/retry-delay.ts";
import type { Slots } from "./slots.ts";
import type { Wake } from "./wake.ts";

export interface Poll {
  client: PrefectClient;
  pool: string;
  workQueues: string[];
  prefetchSeconds: number;
  querySeconds: number;
  slots: Slots;
  wake: Wake;
  logger: Logger;
  onRun: (scheduled: ScheduledFlowRun) => void;
  /** Told after each answer of the server, and when none was needed because all slots are taken. */
  onAnswer: () => void;
  /** Told of each poll that was made. */
  onPoll: (outcome: "answered" | "failed") => void;
}

/**
 * Asks the server for due runs whenever `wake` rings, and every `querySeconds` in any case, until `signal` fires.
 * The poll is the truth: events only wake it. While the server is away the waits grow to a minute.
 */
export async function pollForRuns(poll: Poll, signal: AbortSignal): Promise<void> {
  let failures = 0;
  while (!signal.aborted) {
    const started = performance.now();
    let wait = jittered(poll.querySeconds * 1000);
    try {
      if (poll.slots.free > 0) await pollOnce(poll, signal);
      else poll.onAnswer();
      if (failures > 0) poll.logger.info("The Prefect server answers again.");
      failures = 0;
    } catch (error) {
      if (signal.aborted) return;
      poll.onPoll("failed");
      failures += 1;
      wait = retryDelay(failures, outageBackoff, Math.random());
      poll.logger.warn(
        `No runs could be asked for, next try in ${(wait / 1000).toFixed(1)} s: ${errorText(error)}`,
      );
    }
    await sleep(restAfterPoll(performance.now() - started), undefined, { signal }).catch(() => undefined);
    await poll.wake.wait(wait, signal);
  }
}

/**
 * Milliseconds of rest after a poll that took `duration`. Many runs scheduled at once ring as many bells, at every
 * replica; each poll writes to the server's database, and a SQLite server that is asked without pause answers 503.
 */
export function restAfterPoll(duration: number): number {
  return Math.min(2_000, Math.max(50, duration * 2));
}

/** One request for due runs; each run found is handed to `onRun`. */
export async function pollOnce(poll: Poll, signal: AbortSignal): Promise<void> {
  const { free } = poll.slots;
  const runs = await poll.client.workPools.scheduledFlowRuns(
    poll.pool,
    {
      ...(poll.workQueues.length > 0 && { work_queue_names: poll.workQueues }),
      scheduled_before: new Date(Date.now() + poll.prefetchSeconds * 1000).toISOString(),
      ...(Number.isFinite(free) && { limit: free }),
    },
    { signal, retryFor: 0 },
  );
  poll.onAnswer();
  poll.onPoll("answered");
  for (const run of runs) poll.onRun(run);
}

/** Between 90 % and 110 %: many workers started at once do not all ask at once for ever. */
function jittered(milliseconds: number): number {
  return milliseconds * (0.9 + 0.2 * Math.random());
}
