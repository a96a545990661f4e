import type { JsonObject } from "../../prefect/api-types.ts";
import { usageError } from "../errors.ts";
import { parseJsonObject, parseKeyValues, splitKeyValue } from "../key-values.ts";
import type { DeploymentConfig, ScheduleConfig } from "./schema.ts";

/** The flags of `prefect-ts deploy`, as commander gives them. */
export interface DeployOptions {
  all?: boolean;
  name: string[];
  prefectFile: string;
  description?: string;
  version?: string;
  tag: string[];
  pool?: string;
  workQueue?: string;
  jobVariable: string[];
  cron: string[];
  interval: number[];
  anchorDate?: string;
  rrule: string[];
  timezone?: string;
  param: string[];
  params?: string;
  concurrencyLimit?: number;
  collisionStrategy?: "ENQUEUE" | "CANCEL_NEW";
  enforceParameterSchema?: boolean;
}

/** Lays the flags over what the file says of one deployment. @throws CliError (usage) */
export function applyOptions(
  config: DeploymentConfig,
  entrypoint: string | undefined,
  options: DeployOptions,
): DeploymentConfig {
  const pool = { ...config.work_pool };
  if (options.pool !== undefined) pool.name = options.pool;
  if (options.workQueue !== undefined) pool.work_queue_name = options.workQueue;
  if (options.jobVariable.length > 0)
    pool.job_variables = { ...pool.job_variables, ...jobVariables(options.jobVariable) };
  return {
    ...config,
    ...(entrypoint === undefined ? {} : { entrypoint }),
    ...(options.description === undefined ? {} : { description: options.description }),
    ...(options.version === undefined ? {} : { version: options.version }),
    ...(options.tag.length === 0 ? {} : { tags: options.tag }),
    ...(options.concurrencyLimit === undefined ? {} : { concurrency_limit: concurrencyLimit(options) }),
    ...(options.enforceParameterSchema === undefined
      ? {}
      : { enforce_parameter_schema: options.enforceParameterSchema }),
    ...scheduleOptions(config, options),
    parameters: { ...config.parameters, ...parameters(options) },
    work_pool: pool,
  };
}

/** Whether any flag says something about a single deployment. */
export function hasSingleOptions(options: DeployOptions): boolean {
  const { all, name, prefectFile, ...single } = options;
  return Object.values(single).some((value) =>
    Array.isArray(value) ? value.length > 0 : value !== undefined,
  );
}

function concurrencyLimit(options: DeployOptions): DeploymentConfig["concurrency_limit"] {
  if (options.collisionStrategy === undefined) return options.concurrencyLimit;
  return { limit: options.concurrencyLimit, collision_strategy: options.collisionStrategy };
}

/** `key=value` (the value stays text, as in Prefect) or a JSON object. */
function jobVariables(words: string[]): JsonObject {
  const found = words.map((word) =>
    word.trimStart().startsWith("{")
      ? parseJsonObject(word, "--job-variable")
      : Object.fromEntries([splitKeyValue(word, "job variable")]),
  );
  return Object.assign({}, ...found) as JsonObject;
}

function parameters(options: DeployOptions): JsonObject {
  if (options.param.length > 0 && options.params !== undefined) {
    throw usageError("Can only pass one of `--param` or `--params`.");
  }
  if (options.params !== undefined) return parseJsonObject(options.params, "--params");
  return parseKeyValues(options.param, "parameter");
}

function scheduleOptions(config: DeploymentConfig, options: DeployOptions): { schedules?: ScheduleConfig[] } {
  const added: ScheduleConfig[] = [
    ...options.cron.map((cron) => ({ cron })),
    ...options.interval.map((interval) => ({ interval })),
    ...options.rrule.map((rrule) => ({ rrule })),
  ];
  if (options.anchorDate !== undefined && options.interval.length === 0) {
    throw usageError("An anchor date can only be provided with --interval.");
  }
  const all = [...(config.schedules ?? []), ...added];
  if (all.length === 0) {
    if (options.timezone !== undefined)
      throw usageError("A --timezone needs a schedule: give --cron or --interval too.");
    return {};
  }
  return {
    schedules: all.map((schedule) => ({
      ...schedule,
      ...(options.anchorDate !== undefined && schedule.interval != null
        ? { anchor_date: options.anchorDate }
        : {}),
      ...(options.timezone === undefined ? {} : { timezone: options.timezone }),
    })),
  };
}
