import { PrefectError } from "../errors.ts";
import { readBoolean } from "./read-value.ts";
import type { RawSettings } from "./sources.ts";

/** What holds for flows and tasks that don't say otherwise, by Prefect's names and defaults. */
export interface RunSettings {
  logging: {
    /** `PREFECT_LOGGING_LEVEL`, as Python's number: what is below is neither sent nor printed. Default INFO, 20. */
    level: number;
    /** `PREFECT_LOGGING_TO_API_ENABLED`: false prints logs only. */
    toApi: boolean;
    /** `PREFECT_LOGGING_LOG_PRINTS`: `logPrints` of flows and tasks. */
    prints: boolean;
  };
  /** `PREFECT_FLOWS_DEFAULT_RETRIES`, `PREFECT_FLOWS_DEFAULT_RETRY_DELAY_SECONDS`. */
  flows: RetryDefaults;
  /** `PREFECT_TASKS_DEFAULT_RETRIES`, `PREFECT_TASKS_DEFAULT_RETRY_DELAY_SECONDS`. */
  tasks: RetryDefaults;
}

export interface RetryDefaults {
  retries: number;
  /** One number for all, or one a retry. */
  retryDelaySeconds: number | number[];
}

const levels: Record<string, number> = {
  DEBUG: 10,
  INFO: 20,
  WARNING: 30,
  WARN: 30,
  ERROR: 40,
  CRITICAL: 50,
};

/** @throws PrefectError SETTINGS_INVALID that names the setting and the value seen */
export function readRunSettings(raw: RawSettings): RunSettings {
  return {
    logging: {
      // As in Python, debug mode is stronger than the level.
      level: readBoolean(raw, "PREFECT_DEBUG_MODE", false) ? 10 : readLevel(raw),
      toApi: readBoolean(raw, "PREFECT_LOGGING_TO_API_ENABLED", true),
      prints: readBoolean(raw, "PREFECT_LOGGING_LOG_PRINTS", false),
    },
    flows: readRetries(raw, "FLOW"),
    tasks: readRetries(raw, "TASK"),
  };
}

function readLevel({ PREFECT_LOGGING_LEVEL: name = "INFO" }: RawSettings): number {
  const level = levels[name.toUpperCase()];
  if (level !== undefined) return level;
  throw new PrefectError(
    "SETTINGS_INVALID",
    `PREFECT_LOGGING_LEVEL is "${name}": give DEBUG, INFO, WARNING, ERROR or CRITICAL.`,
  );
}

function readRetries(raw: RawSettings, kind: "FLOW" | "TASK"): RetryDefaults {
  // The name without S is Prefect's older one.
  const find = (what: string) => {
    const name = [`PREFECT_${kind}S_${what}`, `PREFECT_${kind}_${what}`].find(
      (one) => raw[one] !== undefined,
    );
    return { name, value: name === undefined ? "0" : (raw[name] ?? "0") };
  };
  const retries = find("DEFAULT_RETRIES");
  if (!/^\d+$/.test(retries.value))
    throw new PrefectError(
      "SETTINGS_INVALID",
      `${retries.name} is "${retries.value}": give a whole number, 0 or more.`,
    );
  const delay = find("DEFAULT_RETRY_DELAY_SECONDS");
  const delays = readDelays(delay.value);
  if (delays === undefined)
    throw new PrefectError(
      "SETTINGS_INVALID",
      `${delay.name} is "${delay.value}": give seconds, such as 10, or one a retry: 10,60,300.`,
    );
  return { retries: Number(retries.value), retryDelaySeconds: delays };
}

/** `10`, `10,60` and `[10, 60]`. */
function readDelays(text: string): number | number[] | undefined {
  const parts = text
    .replace(/^\s*\[(.*)\]\s*$/, "$1")
    .split(",")
    .filter((part) => part.trim() !== "")
    .map(Number);
  const [first] = parts;
  if (first === undefined || !parts.every((seconds) => Number.isFinite(seconds) && seconds >= 0))
    return undefined;
  return parts.length === 1 ? first : parts;
}
