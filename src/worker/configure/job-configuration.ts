import { z } from "zod";
import type { Deployment, FlowRun, Json, JsonObject, WorkPool } from "../../prefect/api-types.ts";
import { isJsonObject } from "../../prefect/json-object.ts";
import { applyValues, type ReferenceSource, resolveReferences } from "../../prefect/templating.ts";
import { WorkerError } from "../errors.ts";
import { mergeJobVariables } from "./job-variables.ts";

/** What the process type makes of a job configuration (`ProcessJobConfiguration`). */
const processConfiguration = z.looseObject({
  name: z.string().nullish(),
  env: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()])).nullish(),
  command: z.string().nullish(),
  stream_output: z.boolean().nullish(),
  working_dir: z.string().nullish(),
});

export interface ProcessJobConfiguration {
  name: string | undefined;
  env: Record<string, string>;
  command: string | undefined;
  streamOutput: boolean;
  workingDirectory: string | undefined;
}

/**
 * Base job template + deployment's + run's job variables, with blocks and variables resolved
 * (`from_template_and_values`, `resolve_for_flow_run` in Prefect's `workers/base.py`).
 * @throws WorkerError JOB_CONFIGURATION_INVALID, PrefectError TEMPLATE_INVALID
 */
export async function configureJob(
  sources: { pool: WorkPool; deployment: Deployment | undefined; flowRun: FlowRun },
  references: ReferenceSource,
  env: NodeJS.ProcessEnv,
): Promise<ProcessJobConfiguration> {
  const { pool, deployment, flowRun } = sources;
  const variables = mergeJobVariables(
    (deployment?.job_variables ?? {}) as JsonObject,
    (flowRun.job_variables ?? {}) as JsonObject,
  );
  const populated = populate((pool.base_job_template ?? {}) as JsonObject, variables, env);
  const resolved = await resolveReferences(populated, references);
  const parsed = processConfiguration.safeParse(resolved);
  if (!parsed.success) {
    const issues = parsed.error.issues.map((issue) => `${issue.path.join(".")}: ${issue.message}`).join("; ");
    throw new WorkerError(
      "JOB_CONFIGURATION_INVALID",
      `The job configuration is not valid: ${issues}. Check job_variables.`,
    );
  }
  const { data } = parsed;
  return {
    name: data.name ?? undefined,
    env: texts(data.env ?? {}),
    command: data.command || undefined,
    streamOutput: data.stream_output ?? true,
    workingDirectory: data.working_dir || undefined,
  };
}

function populate(template: JsonObject, given: JsonObject, env: NodeJS.ProcessEnv): Json {
  const schema = (template.variables ?? {}) as { properties?: Record<string, { default?: Json }> };
  const defaults = Object.fromEntries(
    Object.entries(schema.properties ?? {}).flatMap(([name, { default: value }]) =>
      value === undefined ? [] : [[name, value]],
    ),
  );
  const configuration = { ...((template.job_configuration ?? {}) as JsonObject) };
  const variables: JsonObject = { ...defaults, ...given };
  // `env` alone is merged with what the template holds, not put in its place; only then are placeholders filled.
  if (isJsonObject(defaults.env)) configuration.env = { ...envOf(configuration), ...defaults.env };
  if (isJsonObject(configuration.env) && isJsonObject(variables.env)) {
    configuration.env = { ...configuration.env, ...variables.env };
  }
  return applyValues(configuration, variables, env);
}

function envOf(configuration: JsonObject): JsonObject {
  return isJsonObject(configuration.env) ? configuration.env : {};
}

function texts(env: Record<string, string | number | boolean | null>): Record<string, string> {
  const entries = Object.entries(env).filter(([, value]) => value !== null);
  return Object.fromEntries(entries.map(([name, value]) => [name, String(value)]));
}
