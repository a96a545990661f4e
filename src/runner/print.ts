import { formatLogLine } from "../sdk/recorder/log-line.ts";
import type { LogRecord } from "../sdk/recorder/recorder.ts";

type Print = (record: LogRecord, flowRun: { id: string; name?: string | undefined }) => void;

/** Writes log records of runs to the process's own output: a line for people, or JSON for a pod's log collector. */
export function printer(format: "pretty" | "json"): Print {
  if (format === "pretty")
    return (record, { id, name }) => void process.stdout.write(`${formatLogLine(record, name ?? id)}\n`);
  return (record, { id, name }) =>
    void process.stdout.write(
      `${JSON.stringify({
        level: record.level,
        time: record.timestamp.toISOString(),
        name: record.name,
        flow_run_id: id,
        flow_run_name: name ?? id,
        ...(record.taskRun && { task_run_id: record.taskRun.id, task_run_name: record.taskRun.name }),
        msg: record.message,
      })}\n`,
    );
}
