import type { Log, State, StateType } from "../../prefect/api-types.ts";
import { onStdout } from "../output.ts";

const levelNames: Record<number, string> = {
  10: "DEBUG",
  20: "INFO",
  30: "WARNING",
  40: "ERROR",
  50: "CRITICAL",
};

/** A log record as Prefect lists it: `2026-01-31 06:00:00.000 | INFO    | Flow run 'name' - text`. */
export function formatLog(log: Log, runName: string): string {
  const level = (levelNames[log.level] ?? `Level ${log.level}`).padEnd(7);
  return `${dateAndTime(log.timestamp)} | ${colourOfLevel(log.level)(level)} | Flow run '${runName}' - ${log.message}`;
}

/** A log record while watching: time of day, the end of the run's id, text; further lines are indented. */
export function formatWatchedLog(log: Log): string {
  const id = (log.task_run_id ?? log.flow_run_id ?? "").slice(-12);
  const prefix = `▪ ${timeOfDay(log.timestamp)} ${id} `;
  const message = log.message.replaceAll("\n", `\n${" ".repeat(prefix.length)}`);
  return `${onStdout.dim(prefix)}${colourOfLevel(log.level)(message)}`;
}

/** A state while watching, under the name that Prefect's events give it. */
export function formatWatchedState(state: State, runId: string, runName: string): string {
  const message = state.message ? ` - ${state.message}` : "";
  const id = onStdout.dim(runId.slice(-12));
  const name = onStdout.bold(onStdout.cyan(runName));
  return `${colourOfState(state.type)("●")} ${timeOfDay(state.timestamp)} ${id} prefect.flow-run.${state.name} * ${name}${message}`;
}

/** The colour in which Prefect shows states of a type. */
export function colourOfState(type: StateType | null | undefined): (text: string) => string {
  switch (type) {
    case "SCHEDULED":
      return onStdout.yellow;
    case "RUNNING":
      return onStdout.blue;
    case "COMPLETED":
      return onStdout.green;
    case "FAILED":
      return onStdout.red;
    case "CRASHED":
      return onStdout.magenta;
    default:
      return onStdout.gray;
  }
}

function colourOfLevel(level: number): (text: string) => string {
  if (level >= 40) return onStdout.red;
  return level >= 30 ? onStdout.yellow : (text) => text;
}

/** Prefect shows the server's own time, UTC. */
function dateAndTime(timestamp: string | null | undefined): string {
  return new Date(timestamp ?? 0).toISOString().slice(0, 23).replace("T", " ");
}

function timeOfDay(timestamp: string | null | undefined): string {
  return dateAndTime(timestamp).slice(11);
}
