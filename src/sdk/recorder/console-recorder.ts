import { runSettings } from "../process-settings.ts";
import { formatLogLine } from "./log-line.ts";
import type { LogRecord, Recorder } from "./recorder.ts";

/** For a flow called as a plain function: logs go to the standard error, nothing is sent anywhere. */
export function consoleRecorder(flowRunName: string): Recorder {
  return {
    log: (record: LogRecord) => {
      if (record.level < runSettings().logging.level) return;
      process.stderr.write(`${formatLogLine(record, flowRunName)}\n`);
    },
    taskRunChanged: () => undefined,
    server: undefined,
  };
}
