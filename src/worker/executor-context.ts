import type { Writable } from "node:stream";
import type { Logger } from "pino";
import type { WorkPool } from "../prefect/api-types.ts";
import type { PrefectClient } from "../prefect/client/client.ts";
import type { Settings } from "../prefect/settings/settings.ts";
import type { WarmRunners } from "./process/warm-runners.ts";
import type { RunLog } from "./run-log.ts";

/** What all runs of one worker share. */
export interface ExecutorContext {
  client: PrefectClient;
  settings: Settings;
  pool: WorkPool;
  workerName: string;
  runners: WarmRunners;
  runLog: RunLog;
  logger: Logger;
  /** Folder for mirrors, dependencies and runs. */
  storage: string;
  logFormat: "pretty" | "json";
  /** Where runs' own output goes. */
  output: Writable;
  /** Told when a run was handed to its process. */
  onStarted: () => void;
}
