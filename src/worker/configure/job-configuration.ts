import type { Deployment, FlowRun, Json, JsonObject, WorkPool } from "../../prefect/api-types.ts";
import { isJsonObject } from "../../prefect/json-object.ts";
import { applyValues, type ReferenceSource, resolveReferences } from "../../prefect/templating.ts";
import { WorkerError } from "../errors.ts";
import { mergeJobVariables } from "./job-variables.ts";

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
  const job = isJsonObject(resolved) ? resolved : {};
  const problems = [
    ...["name", "command", "working_dir"].flatMap((key) => problem(key, job[key], "string")),
    ...problem("stream_output", job.stream_output, "boolean"),
    ...problemsOfEnv(job.env),
  ];
  if (problems.length > 0) {
    throw new WorkerError(
      "JOB_CONFIGURATION_INVALID",
      `The job configuration is not valid: ${problems.join("; ")}. Check job_variables.`,
    );
  }
  const { name, command, stream_output, working_dir } = job as ProcessJob;
  return {
    name: name ?? undefined,
    env: texts((job.env ?? {}) as Env),
    command: command || undefined,
    streamOutput: stream_output ?? true,
    workingDirectory: working_dir || undefined,
  };
}

/** What the process type makes of a job configuration (`ProcessJobConfiguration`); other fields are not looked at. */
interface ProcessJob {
  name?: string | null;
  command?: string | null;
  stream_output?: boolean | null;
  working_dir?: string | null;
}
type Env = Record<string, string | number | boolean | null>;

/** Checked by hand: a library for three types would cost every worker 10 MB. */
function problem(key: string, value: Json | undefined, type: "string" | "boolean"): string[] {
  if (value === undefined || value === null || typeof value === type) return [];
  // Its type only: the value may be a block's, and a secret.
  const seen = Array.isArray(value) ? "a list" : `${typeof value === "object" ? "an" : "a"} ${typeof value}`;
  return [`${key}: a ${type} is expected, not ${seen}`];
}

function problemsOfEnv(env: Json | undefined): string[] {
  if (env === undefined || env === null) return [];
  if (!isJsonObject(env)) return ["env: an object is expected"];
  // Names only: values may be secrets.
  const wrong = Object.entries(env).filter(([, value]) => typeof value === "object" && value !== null);
  return wrong.map(([name]) => `env.${name}: text, a number or a boolean is expected`);
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

function texts(env: Env): Record<string, string> {
  const entries = Object.entries(env).filter(([, value]) => value !== null);
  return Object.fromEntries(entries.map(([name, value]) => [name, String(value)]));
}
