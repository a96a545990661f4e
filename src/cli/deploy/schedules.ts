import type { JsonObject } from "../../prefect/api-types.ts";
import { CliError } from "../errors.ts";
import { parseDuration } from "../time.ts";
import type { DeploymentConfig, ScheduleConfig } from "./schema.ts";

/**
 * The schedules of a deployment as the API takes them; undefined when the file says nothing about schedules, so that
 * those made in the UI stay.
 * @throws CliError that names what is wrong with a schedule
 */
export function schedulesOf(config: DeploymentConfig): JsonObject[] | undefined {
  if (config.schedule != null && config.schedules != null) {
    throw new CliError(
      "Both 'schedule' and 'schedules' keys are present in the deployment configuration. Please use only `schedules`.",
    );
  }
  if (config.schedule != null) {
    return Object.keys(config.schedule).length === 0 ? [] : [toApi(config.schedule as ScheduleConfig)];
  }
  return config.schedules?.map(toApi);
}

function toApi(config: ScheduleConfig): JsonObject {
  return {
    schedule: scheduleOf(config),
    ...without(undefined, {
      active: config.active ?? undefined,
      parameters: (config.parameters as JsonObject | null) ?? undefined,
      slug: config.slug ?? undefined,
      replaces: config.replaces ?? undefined,
    }),
  };
}

function scheduleOf(config: ScheduleConfig): JsonObject {
  const timezone = config.timezone ?? undefined;
  if (config.cron != null) {
    const fields = config.cron.trim().split(/\s+/).length;
    if (!config.cron.startsWith("@") && (fields < 5 || fields > 6)) {
      throw new CliError(
        `The cron schedule "${config.cron}" has ${fields} fields instead of 5, like "0 6 * * 1-5".`,
      );
    }
    return without(undefined, { cron: config.cron, timezone, day_or: config.day_or ?? undefined });
  }
  if (config.interval != null) {
    const anchor = config.anchor_date ?? undefined;
    if (anchor !== undefined && Number.isNaN(Date.parse(anchor))) {
      throw new CliError(`The anchor date "${anchor}" is not a date. Give one like 2026-01-01T06:00:00Z.`);
    }
    return without(undefined, { interval: intervalSeconds(config.interval), anchor_date: anchor, timezone });
  }
  return without(undefined, { rrule: config.rrule ?? undefined, timezone });
}

function intervalSeconds(interval: number | string): number {
  if (typeof interval === "number") return interval;
  const milliseconds = parseDuration(interval);
  if (milliseconds !== undefined && milliseconds > 0) return milliseconds / 1000;
  throw new CliError(`The interval "${interval}" is neither seconds nor a time like "01:30:00" or "PT90M".`);
}

function without<T>(left: undefined, values: Record<string, T | undefined>): Record<string, T> {
  return Object.fromEntries(
    Object.entries(values).filter((entry): entry is [string, T] => entry[1] !== left),
  );
}
