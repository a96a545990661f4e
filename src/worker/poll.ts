import { setTimeout as sleep } from "node:timers/promises";
import type { Logger } from "pino";
import type { ScheduledFlowRun } from "../prefect/api-types.ts";
import type { PrefectClient } from "../prefect/client/client.ts";
import { errorText, PrefectError } from "../prefect/errors.ts";
import { outageBackoff, retryDelay } from "../prefect/retry-delay.ts";
import type { Competition } from "./competition.ts";
import type { Slots } from "./slots.ts";
import type { Wake } from "./wake.ts";

export interface Poll {
  client: PrefectClient;
  pool: string;
  workQueues: string[];
  prefetchSeconds: number;
  querySeconds: number;
  slots: Slots;
  competition: Competition;
  wake: Wake;
  /** Whether events come and none has for long: then polls are only a safeguard, and rarer. */
  isCalm: () => boolean;
  logger: Logger;
  onRun: (scheduled: ScheduledFlowRun) => void;
  /** Told after each answer of the server, and when none was needed because all slots are taken. */
  onAnswer: () => void;
  /** Told of each poll that was made. */
  onPoll: (outcome: "answered" | "failed") => void;
}

/** Milliseconds that a poll may be late itself. */
const AHEAD = 5_000;
/** How much rarer polls are in a calm pool. A run whose event was lost waits so many times `querySeconds` at most. */
const CALM_FACTOR = 3;

/**
 * Asks the server for due runs whenever `wake` rings, when one that was seen ahead is due, and every `querySeconds` in
 * any case (three times that in a calm pool), until `signal` fires. The poll is the truth: events only wake it. While the
 * server is away the waits grow to a minute, and are at least what its `Retry-After` says.
 */
export async function pollForRuns(poll: Poll, signal: AbortSignal): Promise<void> {
  let failures = 0;
  while (!signal.aborted) {
    const started = performance.now();
    const calm = poll.isCalm();
    let rest = 0;
    let wait = jittered(poll.querySeconds * 1000 * (calm ? CALM_FACTOR : 1));
    try {
      // Before the next poll of a calm pool nothing may become due unseen.
      if (poll.slots.free > 0) wait = Math.min(wait, await pollOnce(poll, signal, calm ? wait + AHEAD : 0));
      else poll.onAnswer();
      if (failures > 0) poll.logger.info("The Prefect server answers again.");
      failures = 0;
    } catch (error) {
      if (signal.aborted) return;
      poll.onPoll("failed");
      failures += 1;
      wait = retryDelay(failures, outageBackoff, Math.random());
      // Until then no event may wake it either.
      if (error instanceof PrefectError) rest = error.retryAfter;
      wait = Math.max(wait - rest, 0);
      poll.logger.warn(
        `No runs could be asked for, next try in ${((rest + wait) / 1000).toFixed(1)} s: ${errorText(error)}`,
      );
    }
    rest = Math.max(rest, restAfterPoll(performance.now() - started));
    await sleep(rest, undefined, { signal }).catch(() => undefined);
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

/**
 * Asks for due runs; each run found is handed to `onRun`.
 * @param ahead milliseconds to look further than is prefetched
 * @returns milliseconds until the first run seen ahead is due; infinity when there is none
 */
export async function pollOnce(poll: Poll, signal: AbortSignal, ahead = 0): Promise<number> {
  const due = poll.client.serverTime + poll.prefetchSeconds * 1000;
  let runs = await dueRuns(poll, due + ahead, signal);
  const later = runs.map(scheduledAt).filter((time) => time > due);
  // Those of a queue with priority may have taken the places of others that are due: asked again, they come.
  if (later.length > 0) runs = await dueRuns(poll, due, signal);
  poll.onAnswer();
  poll.onPoll("answered");
  const now = poll.client.serverTime;
  for (const run of poll.competition.order(runs, (one) => scheduledAt(one) <= now)) poll.onRun(run);
  return Math.min(...later.map((time) => time - due));
}

function dueRuns(poll: Poll, before: number, signal: AbortSignal): Promise<ScheduledFlowRun[]> {
  const limit = poll.competition.askFor(poll.slots.free);
  const request = {
    ...(poll.workQueues.length > 0 && { work_queue_names: poll.workQueues }),
    scheduled_before: new Date(before).toISOString(),
    ...(Number.isFinite(limit) && { limit }),
  };
  return poll.client.workPools.scheduledFlowRuns(poll.pool, request, { signal, retryFor: 0 });
}

function scheduledAt({ flow_run: run }: ScheduledFlowRun): number {
  return Date.parse(run.next_scheduled_start_time ?? run.expected_start_time ?? "");
}

/** Between 90 % and 110 %: many workers started at once do not all ask at once for ever. */
function jittered(milliseconds: number): number {
  return milliseconds * (0.9 + 0.2 * Math.random());
}
