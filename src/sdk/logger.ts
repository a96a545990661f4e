import { formatWithOptions } from "node:util";
import { currentScope } from "./context.ts";
import { causesOf } from "./engine/describe-error.ts";
import { consoleRecorder } from "./recorder/console-recorder.ts";
import { type LevelName, type LogRecord, levels, type Recorder } from "./recorder/recorder.ts";

/** Arguments are joined as `console.log` joins them, `%s`, `%d` and `%o` in the first included; errors keep their stack. */
export type LogFunction = (...parts: unknown[]) => void;

/** Writes to the run (and task run) that the caller belongs to; outside of a run to the standard error. */
export type Logger = Record<LevelName, LogFunction>;

/** The logger of the current run. */
export const logger: Logger = {
  debug: (...parts) => log("debug", parts),
  info: (...parts) => log("info", parts),
  warn: (...parts) => log("warn", parts),
  error: (...parts) => log("error", parts),
  critical: (...parts) => log("critical", parts),
};

let ofProcess: Pick<Recorder, "log"> | undefined;

/**
 * For a process that runs one flow run only: what is logged by code that began outside of the run (the module's top
 * level, the callbacks of a pool or timer that was made there) goes to that run, too.
 */
export function logOutsideOfRunsTo(recorder: Pick<Recorder, "log">): void {
  ofProcess = recorder;
}

function log(level: LevelName, parts: unknown[]): void {
  const scope = currentScope();
  const record: LogRecord = {
    level: levels[level],
    message: formatWithOptions({ depth: 6 + Math.max(0, ...parts.map(causesOf)) }, ...parts),
    name: scope?.taskRun === undefined ? "prefect.flow_runs" : "prefect.task_runs",
    timestamp: new Date(),
    ...(scope?.taskRun && { taskRun: { id: scope.taskRun.id, name: scope.taskRun.name } }),
  };
  (scope?.flowRun.recorder ?? ofProcess ?? consoleRecorder("none")).log(record);
}
