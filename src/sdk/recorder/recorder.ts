import type { RunInput } from "../engine/run-inputs.ts";
import type { State } from "../states.ts";
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
  retryDelaySeconds: number | number[];
  retryJitterFactor: number | null;
  /** The runs that its inputs came from, by the names of its parameters; also `wait_for` and `__parents__`. */
  inputs: Record<string, RunInput[]>;
  /** Tries of the flow run, this one included. */
  flowRunCount: number;
  /** Times that the body has been started. */
  runCount: number;
  /** Microseconds since 1970, as all times here. */
  expectedStart: number;
  /** First time in `Running`. */
  start?: number;
  end?: number;
  /** Milliseconds in `Running`, all tries together. */
  runTime: number;
}

/** Where a run's logs and task runs go: to a Prefect server, or nowhere but the console. */
export interface Recorder {
  log(record: LogRecord): void;
  taskRunChanged(taskRun: TaskRun, from: State | undefined, to: State): void;
  /** Undefined where there is no server: for a flow that was called as a plain function. */
  readonly server: RunServer | undefined;
}
