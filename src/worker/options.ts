import type { Logger } from "pino";
import type { JsonObject } from "../prefect/api-types.ts";
import type { Settings } from "../prefect/settings/settings.ts";
import type { OnShutdown } from "./give-up-run.ts";

/** What `prefect-ts worker start` was asked for. */
export interface WorkerOptions {
  settings: Settings;
  pool: string;
  /** Worker type; undefined: the pool's. */
  type: string | undefined;
  /** Version of this package. */
  version: string;
  /** Worker name; undefined: made up. */
  name: string | undefined;
  /** Queues to poll; empty: all of the pool. */
  workQueues: string[];
  /** Runs at once; undefined: no limit. */
  limit: number | undefined;
  prefetchSeconds: number;
  runOnce: boolean;
  withHealthcheck: boolean;
  baseJobTemplate?: JsonObject;
  createPoolIfNotFound: boolean;
  /** What becomes of runs that are cut off when the worker goes. */
  onShutdown: OnShutdown;
  /** Seconds that running runs have after the first signal; undefined: no end. */
  drainSeconds: number | undefined;
  /** Idle runner processes kept ready. */
  warm: number;
  logger: Logger;
  signals: {
    /** No new runs; running ones may finish. */
    drain: AbortSignal;
    /** Running ones are stopped. */
    cancel: AbortSignal;
  };
}
