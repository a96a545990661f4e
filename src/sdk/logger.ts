import { inspect } from "node:util";
import { currentScope } from "./context.ts";
import { formatLogLine } from "./recorder/log-line.ts";
import { type LevelName, type LogRecord, levels } from "./recorder/recorder.ts";

/** Arguments are joined as `console.log` joins them; errors keep their stack. */
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

function log(level: LevelName, parts: unknown[]): void {
  const scope = currentScope();
  const record: LogRecord = {
    level: levels[level],
    message: parts.map((part) => (typeof part === "string" ? part : inspect(part, { depth: 6 }))).join(" "),
    name: scope?.taskRun === undefined ? "prefect.flow_runs" : "prefect.task_runs",
    timestamp: new Date(),
    ...(scope?.taskRun && { taskRun: { id: scope.taskRun.id, name: scope.taskRun.name } }),
  };
  if (scope === undefined) process.stderr.write(`${formatLogLine(record, "none")}\n`);
  else scope.flowRun.recorder.log(record);
}
