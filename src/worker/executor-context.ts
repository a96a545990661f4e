import type { Writable } from "node:stream";
import type { Logger } from "pino";
import type { WorkPool } from "../prefect/api-types.ts";
import type { PrefectClient } from "../prefect/client/client.ts";
import type { Settings } from "../prefect/settings/settings.ts";
import type { Competition } from "./competition.ts";
import type { CurrentPool } from "./current-pool.ts";
import type { FlowNames } from "./flow-names.ts";
import type { OnShutdown } from "./give-up-run.ts";
import type { KnownDeployments } from "./known-deployments.ts";
import type { LateNotes } from "./late-notes.ts";
import type { WorkerMetrics } from "./metrics/worker-metrics.ts";
import type { Exit } from "./process/exit-codes.ts";
import type { WarmRunners } from "./process/warm-runners.ts";
import type { RunJob } from "./run-job.ts";
import type { RunLog } from "./run-log.ts";
import type { WorkerEvents } from "./worker-events.ts";

/** What all runs of one worker share. */
export interface ExecutorContext {
  client: PrefectClient;
  settings: Settings;
  /** The pool as it is now; for a run, as it was when the run was found. */
  readonly pool: WorkPool;
  currentPool: CurrentPool;
  workerName: string;
  flowNames: FlowNames;
  deployments: KnownDeployments;
  competition: Competition;
  lateNotes: LateNotes;
  runners: WarmRunners;
  runLog: RunLog;
  logger: Logger;
  events: WorkerEvents;
  metrics: WorkerMetrics;
  /** Folder for mirrors, dependencies and runs. */
  storage: string;
  /** What becomes of runs that are cut off. */
  onShutdown: OnShutdown;
  /** Where runs' own output goes. */
  output: Writable;
  /** Told when a run was handed to its process. */
  onStarted: (job: RunJob) => void;
  /** Told when its process has ended. */
  onExited: (exit: Exit) => void;
}
