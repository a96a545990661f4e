import { resolve } from "node:path";
import type { Json, JsonObject } from "../../prefect/api-types.ts";
import type { PrefectClient } from "../../prefect/client/client.ts";
import { resolveReferences } from "../../prefect/templating.ts";
import { refuseSteps, refuseUnfilled, refuseUnknownParameters, required, requireWorkPool } from "./checks.ts";
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
  const found: Found = { missing: new Set(), outputs: new Set() };
  const given = config.pull ?? filePull;
  const pull = fillFromEnvironment((given ?? []) as Json, env, found) as JsonObject[];
  // Outputs of a pull step are for the next one, on the worker; elsewhere only build steps could fill them.
  found.outputs.clear();
  const { pull: _, work_pool: pool, parameters, ...rest } = config;
  const filled = fillFromEnvironment(
    { ...rest, work_pool: pool ?? {} } as JsonObject,
    env,
    found,
  ) as JsonObject;
  const filledParameters = fillFromEnvironment((parameters ?? {}) as Json, env, found);
  refuseUnfilled(found);
  const { work_pool: filledPool, ...own } = filled;
  const { job_variables: jobVariables, ...poolNames } = filledPool as JsonObject;
  // Job variables keep `{{ prefect.… }}`: the worker fills them, so that no secret is copied into the deployment.
  const resolved = (await resolveReferences(
    { ...own, pool: poolNames } as JsonObject,
    client,
  )) as JsonObject & DeploymentConfig & { pool: { name?: string; work_queue_name?: string } };
  const resolvedParameters = (await resolveReferences(filledParameters, client)) as JsonObject;
  const { name, entrypoint, workPool } = required(resolved, resolved.pool.name);
  refuseSteps("build", config.build);
  refuseSteps("push", config.push);
  await requireWorkPool(client, workPool);
  const { loadFlow } = await import("../../runner/load-flow.ts");
  const flow = await loadFlow({ checkout: process.cwd(), entrypoint });
  refuseUnknownParameters(resolvedParameters, flow.parameterOpenApiSchema);
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
      parameters: resolvedParameters,
      parameter_openapi_schema: flow.parameterOpenApiSchema as JsonObject,
      enforce_parameter_schema: resolved.enforce_parameter_schema ?? true,
      work_pool_name: workPool,
      work_queue_name: resolved.pool.work_queue_name ?? null,
      job_variables: (jobVariables ?? {}) as JsonObject,
      pull_steps: given == null ? [workFromHere()] : pull,
      ...concurrency(resolved.concurrency_limit),
      ...(resolved.paused == null ? {} : { paused: resolved.paused }),
      ...(schedules === undefined ? {} : { schedules }),
    },
  };
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
