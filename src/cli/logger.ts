import { type Logger, pino } from "pino";
import pretty from "pino-pretty";
import { PrefectError } from "../prefect/errors.ts";
import type { Settings } from "../prefect/settings/settings.ts";
import { onStderr } from "./output.ts";

/** Prefect's (Python's) level names, and pino's for them. */
const levels: Record<string, string> = {
  DEBUG: "debug",
  INFO: "info",
  WARNING: "warn",
  WARN: "warn",
  ERROR: "error",
  CRITICAL: "fatal",
};

/**
 * The logger of a long-running command: lines for people on stderr, or JSON as `PREFECT_TS_LOG_FORMAT` says.
 * `PREFECT_LOGGING_LEVEL` sets the level.
 */
export function createLogger(settings: Settings, debug: boolean): Logger {
  const level = debug ? "debug" : readLevel(settings.raw.PREFECT_LOGGING_LEVEL ?? "INFO");
  if (settings.logFormat === "json") {
    return pino({ level, base: null, timestamp: pino.stdTimeFunctions.isoTime }, pino.destination(2));
  }
  const lines = pretty({
    // Synchronous, so that the last words before an exit are not lost.
    sync: true,
    destination: 2,
    colorize: onStderr.isColorSupported,
    // The line is made whole below; what else a record holds (an error, details) follows it.
    ignore: "pid,hostname,time,level,flow_run_id",
    messageFormat: formatLine,
  });
  return pino({ level, base: null }, lines);
}

/** Prefect's form of a line: `06:00:00.000 | INFO    | text`. */
function formatLine(record: Record<string, unknown>, messageKey: string): string {
  const at = new Date(Number(record.time));
  const time = `${at.toTimeString().slice(0, 8)}.${String(at.getMilliseconds()).padStart(3, "0")}`;
  const level = Number(record.level);
  const colour = level >= 50 ? onStderr.red : level >= 40 ? onStderr.yellow : onStderr.cyan;
  return `${onStderr.dim(time)} | ${colour((levelNames[level] ?? "INFO").padEnd(7))} | ${String(record[messageKey] ?? "")}`;
}

const levelNames: Record<number, string> = {
  10: "TRACE",
  20: "DEBUG",
  30: "INFO",
  40: "WARNING",
  50: "ERROR",
  60: "CRITICAL",
};

function readLevel(name: string): string {
  const level = levels[name.toUpperCase()];
  if (level !== undefined) return level;
  throw new PrefectError(
    "SETTINGS_INVALID",
    `PREFECT_LOGGING_LEVEL is "${name}": give DEBUG, INFO, WARNING, ERROR or CRITICAL.`,
  );
}
