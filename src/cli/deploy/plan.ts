import { resolve } from "node:path";
import type { Json, JsonObject } from "../../prefect/api-types.ts";
import type { PrefectClient } from "../../prefect/client/client.ts";
import { resolveReferences } from "../../prefect/templating.ts";
import {
  refuseParameterValues,
  refuseSteps,
  refuseUnfilled,
  refuseUnknownParameters,
  required,
  requireWorkPool,
} from "./checks.ts";
import { type Found, fillFromEnvironment } from "./placeholders.ts";
import { schedulesOf } from "./schedules.ts";
import type { DeploymentConfig, Steps } from "./schema.ts";

/** A deployment that was checked and can be sent. */
export interface Plan {
  name: string;
  flowName: string;
  workPool: string;
  /** The request's fields, without the flow's id. */
  fields: JsonObject;
  /** Whether the pull step is one that this command added, because the file has none. */
  pullsFromHere: boolean;
}

/**
 * Checks one deployment and makes ready what will be sent; changes nothing.
 * @throws CliError, PrefectError or FlowLoadError that says what is wrong
 */
export async function planDeployment(
  client: PrefectClient,
  config: DeploymentConfig,
  filePull: Steps | undefined,
  env: NodeJS.ProcessEnv,
): Promise<Plan> {
  const given = config.pull ?? filePull;
  const { resolved, parameters, jobVariables, pull } = await fill(client, config, given ?? [], env);
  const { name, entrypoint, workPool } = required(resolved, resolved.pool.name);
  refuseSteps("build", config.build);
  refuseSteps("push", config.push);
  await requireWorkPool(client, workPool);
  const { loadFlow } = await import("../../runner/load-flow.ts");
  const flow = await loadFlow({ checkout: process.cwd(), entrypoint });
  refuseUnknownParameters(parameters, flow.parameterOpenApiSchema);
  if (resolved.enforce_parameter_schema !== false)
    refuseParameterValues(parameters, flow.flow.options.parameters);
  const schedules = schedulesOf(resolved);
  return {
    name,
    flowName: flow.name,
    workPool,
    pullsFromHere: given == null,
    fields: {
      name,
      version: resolved.version ?? null,
      description: resolved.description ?? flow.description ?? null,
      tags: typeof resolved.tags === "string" ? [resolved.tags] : (resolved.tags ?? []),
      entrypoint,
      parameters,
      parameter_openapi_schema: flow.parameterOpenApiSchema as JsonObject,
      enforce_parameter_schema: resolved.enforce_parameter_schema ?? true,
      work_pool_name: workPool,
      work_queue_name: resolved.pool.work_queue_name ?? null,
      job_variables: jobVariables,
      pull_steps: given == null ? [workFromHere()] : pull,
      ...concurrency(resolved.concurrency_limit),
      ...(resolved.paused == null ? {} : { paused: resolved.paused }),
      ...(schedules === undefined ? {} : { schedules }),
    },
  };
}

interface Filled {
  resolved: DeploymentConfig & { pool: { name?: string | null; work_queue_name?: string | null } };
  parameters: JsonObject;
  jobVariables: JsonObject;
  pull: JsonObject[];
}

/**
 * Fills placeholders by Prefect's rules: the environment everywhere; blocks and variables too, but in pull steps and
 * job variables, where the worker fills them, so that no secret is copied into the deployment.
 */
async function fill(
  client: PrefectClient,
  config: DeploymentConfig,
  pullSteps: Steps,
  env: NodeJS.ProcessEnv,
): Promise<Filled> {
  const found: Found = { missing: new Set(), outputs: new Set() };
  const pull = fillFromEnvironment(pullSteps as Json, env, found) as JsonObject[];
  // Outputs of a pull step are for the next one, on the worker; elsewhere only build steps could fill them.
  found.outputs.clear();
  const { pull: _, work_pool: workPool, parameters, ...rest } = config;
  const { job_variables: jobVariables, ...pool } = workPool ?? {};
  const own = fillFromEnvironment({ ...rest, pool, parameters: parameters ?? {} } as JsonObject, env, found);
  const filledVariables = fillFromEnvironment((jobVariables ?? {}) as Json, env, found) as JsonObject;
  refuseUnfilled(found);
  const resolved = (await resolveReferences(own, client)) as unknown as Filled["resolved"];
  return { resolved, parameters: resolved.parameters as JsonObject, jobVariables: filledVariables, pull };
}

function concurrency(limit: DeploymentConfig["concurrency_limit"]): JsonObject {
  if (limit == null || typeof limit === "number")
    return { concurrency_limit: limit ?? null, concurrency_options: null };
  return {
    concurrency_limit: limit.limit ?? null,
    concurrency_options:
      limit.collision_strategy == null
        ? null
        : {
            collision_strategy: limit.collision_strategy,
            ...(limit.grace_period_seconds == null
              ? {}
              : { grace_period_seconds: limit.grace_period_seconds }),
          },
  };
}

function workFromHere(): JsonObject {
  return { "prefect.deployments.steps.set_working_directory": { directory: resolve(process.cwd()) } };
}
