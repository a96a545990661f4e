import { z } from "zod";
import { isTimezone } from "../time.ts";

/** What `prefect.yaml` may hold: Prefect's format. Every field may be left empty, as `prefect init` leaves them. */

const text = z.string({
  error: (issue) =>
    typeof issue.input === "number" ? `must be text: put ${issue.input} in quotes` : undefined,
});

/** One step, or a list of steps: `{name-of-step: {inputs}}`. */
const steps = z
  .preprocess(
    (value) => (isMapping(value) ? (Object.keys(value).length === 0 ? [] : [value]) : value),
    z.array(z.record(z.string(), z.unknown())).nullable(),
  )
  .optional();

const schedule = z
  .strictObject({
    cron: text.nullish(),
    day_or: z.boolean().nullish(),
    interval: z.union([z.number().positive(), text]).nullish(),
    anchor_date: text.nullish(),
    rrule: text.nullish(),
    timezone: text.refine(isTimezone, "is not the name of a time zone, like Europe/Oslo").nullish(),
    active: z.boolean().nullish(),
    parameters: z.record(z.string(), z.unknown()).nullish(),
    slug: text.nullish(),
    replaces: text.nullish(),
  })
  .refine(
    (value) => [value.cron, value.interval, value.rrule].filter((kind) => kind != null).length === 1,
    "must have exactly one of cron, interval and rrule",
  );

const concurrencyLimit = z.union(
  [
    z.number().int().positive(),
    z.strictObject({
      limit: z.number().int().positive().nullish(),
      collision_strategy: z.enum(["ENQUEUE", "CANCEL_NEW"]).nullish(),
      grace_period_seconds: z.number().int().positive().nullish(),
    }),
  ],
  { error: "must be a whole number above 0, or {limit, collision_strategy: ENQUEUE | CANCEL_NEW}" },
);

const workPool = z.strictObject({
  name: text.nullish(),
  work_queue_name: text.nullish(),
  job_variables: z.record(z.string(), z.unknown()).nullish(),
});

const deployment = z.strictObject({
  name: text.nullish(),
  version: text.nullish(),
  version_type: text.nullish(),
  tags: z.union([text, z.array(text)], { error: "must be a list of texts" }).nullish(),
  description: text.nullish(),
  schedule: z.union([z.strictObject({}), schedule]).nullish(),
  schedules: z.array(schedule).nullish(),
  paused: z.boolean().nullish(),
  concurrency_limit: concurrencyLimit.nullish(),
  flow_name: text.nullish(),
  entrypoint: text.nullish(),
  parameters: z.record(z.string(), z.unknown()).nullish(),
  enforce_parameter_schema: z.boolean().nullish(),
  build: steps,
  push: steps,
  pull: steps,
  work_pool: workPool.nullish(),
  triggers: z.array(z.unknown()).max(0, "are not made by prefect-ts: create an automation instead").nullish(),
  sla: z.array(z.unknown()).max(0, "is of Prefect Cloud only").nullish(),
});

/** The whole file. Other keys at the top are the author's own, for anchors. */
export const prefectYaml = z.looseObject({
  name: text.nullish(),
  "prefect-version": text.nullish(),
  build: steps,
  push: steps,
  pull: steps,
  deployments: z.array(deployment).nullish(),
});

export type DeploymentConfig = z.infer<typeof deployment>;
export type ScheduleConfig = z.infer<typeof schedule>;
export type Steps = NonNullable<DeploymentConfig["pull"]>;
export type PrefectYaml = z.infer<typeof prefectYaml>;

function isMapping(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
