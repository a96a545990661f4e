import { type LogRecord, levels } from "./recorder.ts";

const names = new Map<number, string>(
  Object.entries(levels).map(([name, level]) => [level, name === "warn" ? "WARNING" : name.toUpperCase()]),
);

/** One line as Prefect prints it: `12:30:45.123 | INFO    | Flow run 'brave-owl' - message`. */
export function formatLogLine(record: LogRecord, flowRunName: string): string {
  const time = localTime(record.timestamp);
  const level = (names.get(record.level) ?? String(record.level)).padEnd(7);
  const who =
    record.taskRun === undefined ? `Flow run '${flowRunName}'` : `Task run '${record.taskRun.name}'`;
  return `${time} | ${level} | ${who} - ${record.message}`;
}

/** `12:30:45.123` in the machine's time zone, as the worker's own lines. */
function localTime(moment: Date): string {
  const two = (value: number) => String(value).padStart(2, "0");
  const time = [moment.getHours(), moment.getMinutes(), moment.getSeconds()].map(two).join(":");
  return `${time}.${String(moment.getMilliseconds()).padStart(3, "0")}`;
}
