import { randomUUID } from "node:crypto";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { PrefectClient } from "../prefect/client/client.ts";
import { EventEmitter } from "../prefect/sockets/event-emitter.ts";
import { Competition } from "./competition.ts";
import { CurrentPool } from "./current-pool.ts";
import { whenServerAnswers } from "./first-contact.ts";
import { FlowNames } from "./flow-names.ts";
import { KnownDeployments } from "./known-deployments.ts";
import { LateNotes } from "./late-notes.ts";
import { countWaitingRuns } from "./metrics/waiting-runs.ts";
import { noMetrics } from "./metrics/worker-metrics.ts";
import type { WorkerOptions } from "./options.ts";
import { ensurePool } from "./pool.ts";
import { WarmRunners } from "./process/warm-runners.ts";
import { removeLeftRunFolders } from "./run-folders.ts";
import { RunLog } from "./run-log.ts";
import { keepStorage, tidy } from "./storage-upkeep.ts";
import { Worker } from "./worker.ts";
import { WorkerEvents } from "./worker-events.ts";
import { WorkerState } from "./worker-state.ts";

/** Polls without an answer after which a worker is not healthy, as Prefect's. */
const HEALTHY_POLLS = 30;

/** Milliseconds that the worker's last events get when it ends. */
const EVENTS_PATIENCE = 2_000;
/**
 * Milliseconds that its events are collected for. They tell what the server knows by the run's states, too: they need not
 * keep it from answering to a run that has just begun.
 */
const EVENTS_INTERVAL = 1_000;

/**
 * Starts a worker and works until it is told to stop. A server that is away is waited for; with `runOnce` for a minute.
 * @returns the exit code: 0 when it stopped as asked
 * @throws PrefectError when the server cannot be used, WorkerError when the pool cannot
 */
export async function startWorker(options: WorkerOptions): Promise<number> {
  const { settings, logger } = options;
  await using closers = new AsyncDisposableStack();
  const state = new WorkerState(logger);
  const prometheus = options.withHealthcheck
    ? (await import("./metrics/prometheus.ts")).prometheusMetrics()
    : undefined;
  const metrics = prometheus ?? noMetrics;
  let told = false;
  const client = new PrefectClient(settings, {
    onError: (error) => metrics.apiError(error.code),
    onRetry: (error, delay) => {
      metrics.apiRetry(error.code);
      if (!told) {
        told = true;
        logger.warn(`The Prefect server does not answer, and is waited for: ${error.message}`);
      }
      logger.debug(`Next try in ${Math.round(delay)} ms: ${error.message}`);
    },
  });
  closers.defer(() => client.close());
  const storage = join(settings.home, "prefect-ts");
  const runners = new WarmRunners(options.warm, storage, logger);
  closers.defer(() => runners.close());
  const findPool = () => ensurePool(client, options);
  const pool = await (options.runOnce
    ? findPool()
    : whenServerAnswers(findPool, logger, options.signals.drain));
  // Told to stop before there was anything to do.
  if (pool === undefined) return 0;
  told = true;
  const currentPool = new CurrentPool(pool);
  const runLog = new RunLog(client, logger, settings.logging.toApi);
  closers.defer(() => runLog.flush());
  await mkdir(join(storage, "runs"), { recursive: true });
  await removeLeftRunFolders(join(storage, "runs"), logger);
  const workerName = options.name ?? `ProcessWorker ${randomUUID()}`;
  const emitter = new EventEmitter(settings, client, EVENTS_INTERVAL);
  closers.defer(() => emitter.flush(EVENTS_PATIENCE));
  const type = options.type ?? currentPool.value.type;
  const events = new WorkerEvents({
    emit: (event) => emitter.emit(event),
    worker: { name: workerName, type, version: options.version },
    pool: () => currentPool.value,
  });
  const lateNotes: LateNotes = new LateNotes(() => worker.isFull, logger);
  closers.defer(() => lateNotes.flush());
  const worker = new Worker(
    options,
    {
      client,
      settings,
      currentPool,
      get pool() {
        return currentPool.value;
      },
      events,
      metrics,
      workerName,
      flowNames: new FlowNames(client),
      deployments: new KnownDeployments(client),
      competition: new Competition(),
      lateNotes,
      runners,
      runLog,
      logger,
      storage,
      onShutdown: options.onShutdown,
      output: process.stdout,
      onStarted: () => runners.replenish(),
      onExited: () => undefined,
    },
    state,
  );
  if (prometheus !== undefined) {
    const tolerance = HEALTHY_POLLS * settings.worker.querySeconds * 1000;
    const { host, port } = settings.worker.webserver;
    const lastAnswer = () => worker.lastAnswer;
    prometheus.waitingRuns(() => countWaitingRuns(client, options.pool, options.workQueues));
    const { serveHealth } = await import("./health.ts");
    const health = await serveHealth(
      { lastAnswer, tolerance, state: () => state.name, metrics: prometheus },
      host,
      port,
    );
    closers.defer(() => health.close());
    logger.info(`Health at http://${host}:${health.port}/health`);
  }
  const ending = new AbortController();
  const upkeep = options.runOnce ? undefined : keepStorage(storage, logger, ending.signal);
  closers.defer(() => {
    ending.abort();
    return upkeep;
  });
  logger.info(`Worker '${workerName}' started!`);
  events.started();
  closers.defer(() => events.stopped());
  try {
    await worker.run();
    if (options.runOnce) await tidy(storage, logger, options.signals.drain);
    state.set("stopped");
    logger.info(`Worker '${workerName}' stopped!`);
    return 0;
  } catch (error) {
    state.set("failed");
    throw error;
  }
}
