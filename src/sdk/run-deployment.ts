import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import type { Deployment, FlowRun, JsonObject, StateType } from "../prefect/api-types.ts";
import type { PrefectClient } from "../prefect/client/client.ts";
import { isNotFound, PrefectError } from "../prefect/errors.ts";
import { isFinal, state } from "../prefect/states.ts";
import { currentScope, currentSignal } from "./context.ts";
import { findInputs, resolveInputs } from "./engine/run-inputs.ts";
import { keptResult } from "./results/kept-result.ts";
import type { ResultOptions } from "./results/storage.ts";
import { openServer } from "./server.ts";
import { errorOf, State } from "./states.ts";

export interface RunDeploymentOptions {
  /** Laid over the deployment's own; may hold futures. The server checks them against the flow's schema. */
  parameters?: Record<string, unknown>;
  /** Seconds to wait for the end; 0: not at all. Default: as long as it takes. */
  timeout?: number;
  /** Seconds between looks at the run, at most; the first come sooner. Default 5. */
  pollInterval?: number;
  /** When the run is to start. Default now. */
  scheduledTime?: Date;
  flowRunName?: string;
  tags?: string[];
  /** Asked twice with one key, the server gives the run that it made the first time. */
  idempotencyKey?: string;
  workQueueName?: string;
  /** Overrides for the infrastructure, e.g. `{ env: { LIMIT: "10" } }`. */
  jobVariables?: JsonObject;
  /** Link the run to the current one, as a subflow. Default true. */
  asSubflow?: boolean;
}

/** The run that `runDeployment` made, as it was when last looked at. */
export interface DeploymentRun {
  id: string;
  name: string;
  parameters: JsonObject;
  tags: string[];
  state: DeploymentRunState;
}

export interface DeploymentRunState {
  type: StateType;
  name: string;
  message: string;
  /**
   * What the run returned, if its flow keeps its results (`persistResult`), in a folder of this machine or in S3.
   * @param resultStorage  where the run keeps them, if its address alone does not lead there: an S3 of its own endpoint
   * @throws FailedRunError, CrashedRunError, CancelledRunError when it did not complete; UnfinishedRunError when it has not
   *   ended; MissingResultError when there is no result that this process can read
   */
  result(resultStorage?: ResultOptions["resultStorage"]): Promise<unknown>;
}

/**
 * Runs a deployment, of a flow in any language, and waits for its end (`run_deployment` in
 * `src/prefect/deployments/flow_runs.py`). It does not throw when that run fails: look at `state`. A time-out gives the
 * run as it is then. In a flow, a task run stands for it in the graph of the run.
 *
 * ```ts
 * const run = await runDeployment("Migrate Users/migrate-users-dev", { parameters: { dry_run: true } });
 * if (run.state.type !== "COMPLETED") throw new Error(`${run.name} is ${run.state.name}: ${run.state.message}`);
 * ```
 * @param name `flow name/deployment name`, or the deployment's id
 * @throws PrefectError when there is no such deployment, the parameters do not fit, or no server is known
 */
export async function runDeployment(
  name: string,
  options: RunDeploymentOptions = {},
): Promise<DeploymentRun> {
  const { timeout, pollInterval = 5 } = options;
  if (timeout !== undefined && !(timeout >= 0))
    throw new TypeError(`timeout is ${timeout}: give seconds, 0 or more.`);
  await using server = openServer();
  const { client } = server;
  const deployment = await find(client, name);
  const parentTaskRun =
    options.asSubflow === false ? undefined : await standIn(client, deployment, name, options);
  const parameters = (await resolveInputs(options.parameters ?? {})) as JsonObject;
  const run = await create(client, deployment, { ...options, parameters }, parentTaskRun);
  return timeout === 0 ? view(run) : view(await ended(client, run, timeout, pollInterval));
}

async function find(client: PrefectClient, name: string): Promise<Deployment> {
  try {
    if (/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(name)) return await client.deployments.read(name);
    const at = name.indexOf("/");
    if (at > 0 && at < name.length - 1)
      return await client.deployments.readByName(name.slice(0, at), name.slice(at + 1));
  } catch (error) {
    if (!isNotFound(error)) throw error;
    throw new PrefectError(
      "API_NOT_FOUND",
      `There is no deployment "${name}" on ${client.apiUrl}. prefect-ts deployment ls lists those that are there.`,
      { cause: error },
    );
  }
  throw new TypeError(`"${name}" is no deployment: give "flow name/deployment name", or its id.`);
}

/** The task run that stands for the deployment's run in the run that asks for it; the server lets it follow that run. */
async function standIn(
  client: PrefectClient,
  deployment: Deployment,
  name: string,
  { parameters = {} }: RunDeploymentOptions,
): Promise<string | undefined> {
  const scope = currentScope();
  const server = scope?.flowRun.recorder.server;
  if (scope === undefined || server === undefined) return undefined;
  const { flowRun, taskRun } = scope;
  const shown = name.includes("/") ? name : deployment.name;
  const call = flowRun.taskCalls.get(shown) ?? 0;
  flowRun.taskCalls.set(shown, call + 1);
  const task_inputs: Record<string, unknown[]> = {};
  for (const [key, value] of Object.entries(parameters))
    task_inputs[key] = findInputs(value, flowRun.results).inputs;
  if (taskRun !== undefined) task_inputs.__parents__ = [{ input_type: "task_run", id: taskRun.id }];
  const slug = shown.toLowerCase().replace(/[^a-z0-9]+/g, "-");
  const created = await client.taskRuns.create({
    flow_run_id: server.flowRun.id,
    name: `${shown}-${call}`,
    task_key: `prefect.deployments.flow_runs.run_deployment.${slug}`,
    // A flow that is tried again asks again: for another run, which needs a task run of its own.
    dynamic_key: `${flowRun.place}${flowRun.runCount}-${call}`,
    state: state("PENDING", "Pending"),
    task_inputs,
  });
  return created.id;
}

function create(
  client: PrefectClient,
  deployment: Deployment,
  options: RunDeploymentOptions,
  parentTaskRun: string | undefined,
): Promise<FlowRun> {
  const { parameters = {}, tags = [], jobVariables, flowRunName, workQueueName } = options;
  const scheduled = state("SCHEDULED", "Scheduled");
  const scheduled_time = (options.scheduledTime ?? new Date(client.serverTime)).toISOString();
  return client.deployments.createFlowRun(deployment.id, {
    parameters: parameters as JsonObject,
    tags,
    idempotency_key: options.idempotencyKey ?? randomUUID(),
    state: { ...scheduled, state_details: { ...scheduled.state_details, scheduled_time } },
    ...(jobVariables && { job_variables: jobVariables }),
    ...(flowRunName !== undefined && { name: flowRunName }),
    ...(workQueueName !== undefined && { work_queue_name: workQueueName }),
    ...(parentTaskRun !== undefined && { parent_task_run_id: parentTaskRun }),
  });
}

async function ended(
  client: PrefectClient,
  run: FlowRun,
  timeout: number | undefined,
  pollInterval: number,
): Promise<FlowRun> {
  const signal = currentSignal();
  const deadline = timeout === undefined ? Number.POSITIVE_INFINITY : Date.now() + timeout * 1000;
  for (let looks = 0; ; looks += 1) {
    const seen = await client.flowRuns.read(run.id);
    const left = deadline - Date.now();
    if (isFinal(seen.state_type) || left <= 0) return seen;
    // A short run is not waited for as long as a long one.
    const wait = Math.min(pollInterval * 1000, 250 * 2 ** looks, left);
    await sleep(wait, undefined, signal && { signal }).catch((error: unknown) => {
      throw signal?.aborted ? signal.reason : error;
    });
  }
}

function view({ id, name, parameters, tags, state: current }: FlowRun): DeploymentRun {
  const { type = "SCHEDULED", name: stateName, message, data } = current ?? {};
  const runName = name ?? id;
  const result = async (storage?: ResultOptions["resultStorage"]) => {
    if (type !== "COMPLETED") throw errorOf(new State(type, stateName ?? type, message ? { message } : {}));
    return keptResult(`Flow run "${runName}"`, data, storage);
  };
  return {
    id,
    name: runName,
    parameters: (parameters ?? {}) as JsonObject,
    tags: tags ?? [],
    state: { type, name: stateName ?? type, message: message ?? "", result },
  };
}
