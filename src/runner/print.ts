import { formatLogLine } from "../sdk/recorder/log-line.ts";
import type { LogRecord } from "../sdk/recorder/recorder.ts";

/** Writes log records of a run to the process's own output: a line for people, or JSON for a pod's log collector. */
export function printer(
  format: "pretty" | "json",
  flowRun: { id: string; name: string },
): (record: LogRecord) => void {
  if (format === "pretty")
    return (record) => void process.stdout.write(`${formatLogLine(record, flowRun.name)}\n`);
  return (record) =>
    void process.stdout.write(
      `${JSON.stringify({
        level: record.level,
        time: record.timestamp.toISOString(),
        name: record.name,
        flow_run_id: flowRun.id,
        flow_run_name: flowRun.name,
        ...(record.taskRun && { task_run_id: record.taskRun.id, task_run_name: record.taskRun.name }),
        msg: record.message,
      })}\n`,
    );
}
