import { type Logger, pino } from "pino";
import type { Settings } from "../prefect/settings/settings.ts";
import { onStderr } from "./output.ts";

/** Prefect's (Python's) level numbers, and pino's names for them. */
const levels: Record<number, string> = { 10: "debug", 20: "info", 30: "warn", 40: "error", 50: "fatal" };

/**
 * The logger of a long-running command: lines for people on stderr, or JSON as `PREFECT_TS_LOG_FORMAT` says.
 * `PREFECT_LOGGING_LEVEL` sets the level.
 */
export function createLogger(settings: Settings, debug: boolean): Logger {
  const level = debug ? "debug" : (levels[settings.logging.level] ?? "info");
  if (settings.logFormat === "json") {
    return pino({ level, base: null, timestamp: pino.stdTimeFunctions.isoTime }, pino.destination(2));
  }
  // Synchronous, so that the last words before an exit are not lost.
  const stderr = pino.destination({ dest: 2, sync: true });
  return pino({ level, base: null }, { write: (line: string) => stderr.write(`${formatLine(line)}\n`) });
}

/** Prefect's form of a line: `06:00:00.000 | INFO    | text`. What else the record holds follows, as `name=value`. */
function formatLine(line: string): string {
  const { time, level, msg, flow_run_id: _, ...more } = JSON.parse(line) as Record<string, unknown>;
  const at = new Date(Number(time));
  const clock = `${at.toTimeString().slice(0, 8)}.${String(at.getMilliseconds()).padStart(3, "0")}`;
  const colour = Number(level) >= 50 ? onStderr.red : Number(level) >= 40 ? onStderr.yellow : onStderr.cyan;
  const name = colour((levelNames[Number(level)] ?? "INFO").padEnd(7));
  const details = Object.entries(more).map(([key, value]) =>
    onStderr.dim(` ${key}=${JSON.stringify(value)}`),
  );
  return `${onStderr.dim(clock)} | ${name} | ${String(msg ?? "")}${details.join("")}`;
}

const levelNames: Record<number, string> = {
  10: "TRACE",
  20: "DEBUG",
  30: "INFO",
  40: "WARNING",
  50: "ERROR",
  60: "CRITICAL",
};
