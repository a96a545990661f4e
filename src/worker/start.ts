import { randomUUID } from "node:crypto";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { PrefectClient } from "../prefect/client/client.ts";
import { serveHealth } from "./health.ts";
import type { WorkerOptions } from "./options.ts";
import { ensurePool } from "./pool.ts";
import { WarmRunners } from "./process/warm-runners.ts";
import { RunLog } from "./run-log.ts";
import { Worker } from "./worker.ts";
import { WorkerState } from "./worker-state.ts";

/** Polls without an answer after which a worker is not healthy, as Prefect's. */
const HEALTHY_POLLS = 30;

/**
 * Starts a worker and works until it is told to stop.
 * @returns the exit code: 0 when it stopped as asked
 * @throws PrefectError when the server cannot be used, WorkerError when the pool cannot
 */
export async function startWorker(options: WorkerOptions): Promise<number> {
  const { settings, logger } = options;
  await using closers = new AsyncDisposableStack();
  const state = new WorkerState(logger);
  const client = new PrefectClient(settings, {
    userAgent: "prefect-ts worker",
    onRetry: (error, delay) => logger.debug(`Next try in ${Math.round(delay)} ms: ${error.message}`),
  });
  closers.defer(() => client.close());
  const runners = new WarmRunners(options.warm, logger);
  closers.defer(() => runners.close());
  const pool = await ensurePool(client, options);
  const runLog = new RunLog(client, logger);
  closers.defer(() => runLog.flush());
  const storage = join(settings.home, "prefect-ts");
  await mkdir(join(storage, "runs"), { recursive: true });
  const workerName = options.name ?? `ProcessWorker ${randomUUID()}`;
  const worker = new Worker(
    options,
    {
      client,
      settings,
      pool,
      workerName,
      runners,
      runLog,
      logger,
      storage,
      logFormat: settings.logFormat,
      output: process.stdout,
      onStarted: () => runners.replenish(),
    },
    state,
  );
  if (options.withHealthcheck) {
    const tolerance = HEALTHY_POLLS * settings.worker.querySeconds * 1000;
    const ready = () => state.name === "running";
    const { host, port } = settings.worker.webserver;
    const health = await serveHealth({ lastAnswer: () => worker.lastAnswer, tolerance, ready }, host, port);
    closers.defer(() => health.close());
    logger.info(`Health at http://${host}:${health.port}/health`);
  }
  logger.info(`Worker '${workerName}' started!`);
  try {
    await worker.run();
    state.set("stopped");
    logger.info(`Worker '${workerName}' stopped!`);
    return 0;
  } catch (error) {
    state.set("failed");
    throw error;
  }
}
