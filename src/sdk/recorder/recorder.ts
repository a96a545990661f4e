import type { ProposedState } from "../../prefect/states.ts";
import type { RunServer } from "./run-server.ts";

/** Python's level numbers, which Prefect's server and UI use. */
export const levels = { debug: 10, info: 20, warn: 30, error: 40, critical: 50 } as const;
export type LevelName = keyof typeof levels;

export interface LogRecord {
  level: number;
  message: string;
  /** Logger name as the UI shows it: `prefect.flow_runs`, `prefect.task_runs`, `prefect.worker`. */
  name: string;
  timestamp: Date;
  taskRun?: TaskRunIdentity;
}

export interface TaskRunIdentity {
  id: string;
  name: string;
}

/** A task run as the events that record it describe it (`src/prefect/task_engine.py`). */
export interface TaskRun extends TaskRunIdentity {
  taskKey: string;
  dynamicKey: string;
  tags: string[];
  retries: number;
  retryDelaySeconds: number;
  /** Times that the body has been started. */
  runCount: number;
  expectedStart: Date;
  /** First time in `Running`. */
  start?: Date;
  end?: Date;
  /** Milliseconds in `Running`, all tries together. */
  runTime: number;
}

/** A state that a task run went to: its id is also the id of the event that tells of it. */
export interface TaskRunState extends ProposedState {
  id: string;
  timestamp: Date;
}

/** Where a run's logs and task runs go: to a Prefect server, or nowhere but the console. */
export interface Recorder {
  log(record: LogRecord): void;
  taskRunChanged(taskRun: TaskRun, from: TaskRunState | undefined, to: TaskRunState): void;
  /** Undefined where there is no server: for a flow that was called as a plain function. */
  readonly server: RunServer | undefined;
}
