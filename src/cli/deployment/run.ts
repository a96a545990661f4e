import { randomUUID } from "node:crypto";
import type { Deployment, FlowRun, JsonObject } from "../../prefect/api-types.ts";
import type { PrefectClient } from "../../prefect/client/client.ts";
import { isNotFound, PrefectError } from "../../prefect/errors.ts";
import { state } from "../../prefect/states.ts";
import { CliError, usageError } from "../errors.ts";
import { watchToEnd } from "../flow-run/watch.ts";
import { parseKeyValues } from "../key-values.ts";
import { print, printFacts } from "../output.ts";
import type { Session } from "../session.ts";
import { humanDifference, localTime } from "../time.ts";
import { isUuid } from "../uuid.ts";
import { findDeployment } from "./find.ts";
import { fillRunName, readParameters, refuseUnknownParameters } from "./parameters.ts";
import { startTime } from "./start-time.ts";

export interface RunOptions {
  id?: string;
  param: string[];
  params?: string;
  jobVariable: string[];
  tag: string[];
  startIn?: string;
  startAt?: string;
  flowRunName?: string;
  watch?: boolean;
  watchInterval: number;
  watchTimeout?: number;
}

/** `prefect-ts deployment run`: everything typed is checked before a run is made. */
export async function runDeployment(
  session: Session,
  name: string | undefined,
  options: RunOptions,
): Promise<void> {
  if (name === undefined && options.id === undefined)
    throw usageError("Must provide a deployed flow's name or id");
  if (name !== undefined && options.id !== undefined)
    throw usageError("Only provide a deployed flow's name or id");
  const jobVariables = parseKeyValues(options.jobVariable, "job variable");
  const start = startTime(options);
  const later = options.startIn !== undefined || options.startAt !== undefined;
  const parameters = await readParameters(options.param, options.params);
  await session.withClient(async (client) => {
    const deployment =
      name === undefined ? await readById(client, options.id ?? "") : await findDeployment(client, name);
    refuseUnknownParameters(parameters, deployment);
    const flow = await client.deployments.readFlow(deployment.flow_id);
    print(`Creating flow run for deployment '${flow.name}/${deployment.name}'...`);
    const run = await createRun(client, deployment, { parameters, jobVariables, start, options });
    print(`Created flow run '${run.name}'.`);
    printFacts({
      UUID: run.id,
      Parameters: JSON.stringify(run.parameters ?? {}),
      "Job Variables": JSON.stringify(run.job_variables ?? {}),
      "Scheduled start time": `${localTime(start)} (${later ? humanDifference(start.toISOString()) : "now"})`,
      URL: session.uiUrl(`runs/flow-run/${run.id}`),
    });
    if (options.watch === true) {
      await watchToEnd(client, run.id, { interval: options.watchInterval, timeout: options.watchTimeout });
    }
  }, options.watch === true);
}

async function createRun(
  client: PrefectClient,
  deployment: Deployment,
  wanted: { parameters: JsonObject; jobVariables: JsonObject; start: Date; options: RunOptions },
): Promise<FlowRun> {
  const { parameters, jobVariables, start, options } = wanted;
  const all = { ...(deployment.parameters as JsonObject | undefined), ...parameters };
  const scheduled = state("SCHEDULED", "Scheduled");
  try {
    return await client.deployments.createFlowRun(deployment.id, {
      parameters,
      tags: options.tag,
      job_variables: jobVariables,
      idempotency_key: randomUUID(),
      state: {
        ...scheduled,
        state_details: { ...scheduled.state_details, scheduled_time: start.toISOString() },
      },
      ...(options.flowRunName === undefined ? {} : { name: fillRunName(options.flowRunName, all) }),
    });
  } catch (error) {
    // The server checks the values against the flow's schema; its text says which value does not fit.
    if (!(error instanceof PrefectError) || (error.status !== 409 && error.status !== 422)) throw error;
    throw new CliError(`The server refused the run: ${error.message.replace(/^\S+ \S+ answered \d+: /, "")}`);
  }
}

async function readById(client: PrefectClient, id: string): Promise<Deployment> {
  if (!isUuid(id)) throw usageError(`'${id}' is not a deployment id. prefect-ts deployment ls shows them.`);
  try {
    return await client.deployments.read(id);
  } catch (error) {
    if (!isNotFound(error)) throw error;
    throw new CliError(`Deployment '${id}' not found! prefect-ts deployment ls shows the ids.`);
  }
}
