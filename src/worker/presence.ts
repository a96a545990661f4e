import { randomUUID } from "node:crypto";
import type { Logger } from "pino";
import { defaultBaseJobTemplate, isWorkPoolType } from "../prefect/base-job-templates.ts";
import type { PrefectClient } from "../prefect/client/client.ts";
import type { Settings } from "../prefect/settings/settings.ts";
import { cleanupHandlers } from "./channel/cancelling-teardown.ts";
import { WorkerChannel } from "./channel/worker-channel.ts";
import type { CurrentPool } from "./current-pool.ts";
import type { WorkerMetrics } from "./metrics/worker-metrics.ts";
import { PausedNotice } from "./paused-notice.ts";
import { syncByRest } from "./rest-sync.ts";
import type { Wake } from "./wake.ts";

export interface Presence {
  client: PrefectClient;
  settings: Settings;
  pool: CurrentPool;
  workerName: string;
  workerType: string;
  workQueues: string[];
  /** To be rung when a queue may have been paused or resumed. */
  bell: Wake;
  logger: Logger;
  metrics: WorkerMetrics;
  /** Told after each answer of the server. */
  onAnswer: () => void;
  /** Told when pool or queue are no longer paused. */
  onResumed: () => void;
  /** Ends a run of this worker; undefined when it has no such run. */
  stopRun: (flowRunId: string, reason: string) => Promise<void> | undefined;
}

/**
 * Shows the server that the worker is there, and the worker what its pool has become, until `signal` fires: over the
 * worker channel, or by REST while there is none. Never throws.
 */
export async function keepPresent(presence: Presence, signal: AbortSignal): Promise<void> {
  const { client, settings, pool, workerName, workerType, workQueues, bell, logger, metrics, onAnswer } =
    presence;
  const seconds = settings.worker.heartbeatSeconds;
  const notice = new PausedNotice(logger, presence.onResumed);
  pool.follow((current) => notice.pool(current));
  const channel = new WorkerChannel({
    settings,
    pool,
    logger,
    worker: {
      consumerId: randomUUID(),
      pool: pool.value.name,
      name: workerName,
      type: workerType,
      heartbeatSeconds: seconds,
      workQueues,
      baseJobTemplate: isWorkPoolType(workerType) ? defaultBaseJobTemplate(workerType) : {},
    },
    cleanup: cleanupHandlers(client, presence.stopRun),
    onAlive: onAnswer,
    onState: (state) => {
      metrics.workerChannel(state);
      if (state !== "healthy") bell.ring();
    },
  });
  const sync = syncByRest(
    { client, channel, pool, workerName, seconds, workQueues, notice, bell, logger, onAnswer },
    signal,
  );
  await Promise.all([channel.run(signal), sync]);
}
