import type { Writable } from "node:stream";
import { formatLogLine } from "../sdk/recorder/log-line.ts";
import { type LogRecord, levels } from "../sdk/recorder/recorder.ts";

type FlowRunName = { id: string; name?: string | undefined };
type Print = (record: LogRecord, flowRun: FlowRunName) => void;

/** Bytes that may wait for whoever reads the output: a loop that never lets go would fill the memory with its lines. */
const WAITING_BYTES = 8_000_000;

/**
 * Writes log records of runs to the process's own output: a line for people, or JSON for a pod's log collector. Where
 * they come faster than they are read, lines are left out until the reader has caught up; how many is said in their place.
 */
export function printer(format: "pretty" | "json", output: Writable = process.stdout): Print {
  const text = format === "pretty" ? prettyLine : jsonLine;
  let leftOut = 0;
  let corked = false;
  const uncork = () => {
    if (!corked) return;
    corked = false;
    output.uncork();
  };
  // Code that ends its process at once has its say, too.
  process.once("exit", uncork);
  /** What is said before the process does anything else goes out as one: each write wakes whoever reads. */
  const write = (line: string) => {
    if (!corked) {
      corked = true;
      output.cork();
      process.nextTick(uncork);
    }
    output.write(line);
  };
  const caughtUp = (flowRun: FlowRunName) => {
    const message = `${leftOut} lines were not printed here: they came faster than they were read.`;
    leftOut = 0;
    const notice = { level: levels.warn, message, name: "prefect.flow_runs", timestamp: new Date() };
    write(`${text(notice, flowRun)}\n`);
  };
  return (record, flowRun) => {
    if (leftOut === 0 && output.writableLength <= WAITING_BYTES) {
      write(`${text(record, flowRun)}\n`);
      return;
    }
    if (leftOut === 0) output.once("drain", () => caughtUp(flowRun));
    leftOut += 1;
  };
}

/** What was printed is read, as far as it is within so many milliseconds: a process that exits takes the rest with it. */
export async function printed(timeout: number, output: Writable = process.stdout): Promise<void> {
  if (output.writableLength === 0) return;
  const { promise, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, timeout);
  output.write("", () => resolve());
  await promise;
  clearTimeout(timer);
}

function prettyLine(record: LogRecord, { id, name }: FlowRunName): string {
  return formatLogLine(record, name ?? id);
}

function jsonLine(record: LogRecord, { id, name }: FlowRunName): string {
  return JSON.stringify({
    level: record.level,
    time: record.timestamp.toISOString(),
    name: record.name,
    flow_run_id: id,
    flow_run_name: name ?? id,
    ...(record.taskRun && { task_run_id: record.taskRun.id, task_run_name: record.taskRun.name }),
    msg: record.message,
  });
}
