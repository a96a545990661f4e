import { setTimeout as sleep } from "node:timers/promises";
import type { FlowRun } from "../prefect/api-types.ts";
import { errorText } from "../prefect/errors.ts";
import type { ExecutorContext } from "./executor-context.ts";
import { giveUpRun } from "./give-up-run.ts";
import { isAlive, isVisible } from "./process/process-mark.ts";
import { claimingWorker, type RunLabels, readRunLabels } from "./run-labels.ts";

const PAGE = 200;
/** A run's heartbeat may be late by as many of its intervals before its process counts as gone. */
const MISSED_HEARTBEATS = 2.5;
/** A state is this old, in milliseconds, before its run can be lost: its process had time to take over. */
const YOUNG = 10_000;

/**
 * Looks, every `lostRunsSeconds` and at the start, for runs of the pool that are Pending, Running or Cancelling under a
 * worker that is gone, and gives them up: Crashed with that reason, or scheduled again; Cancelled where they were to be.
 * A run whose process lives is left alone, and so is every run that no worker of this project has claimed. All replicas
 * look; the server takes one word only.
 */
export async function watchLostRuns(
  context: ExecutorContext,
  inFlight: () => ReadonlySet<string>,
  signal: AbortSignal,
): Promise<void> {
  const { settings, logger } = context;
  while (!signal.aborted) {
    try {
      await giveUpLostRuns(context, inFlight, signal);
    } catch (error) {
      logger.debug(`Lost runs could not be looked for: ${errorText(error)}`);
    }
    // Apart from each other, so that many replicas do not ask at once.
    const wait = settings.worker.lostRunsSeconds * 1000 * (0.8 + 0.4 * Math.random());
    await sleep(wait, undefined, { signal }).catch(() => undefined);
  }
}

async function giveUpLostRuns(
  context: ExecutorContext,
  inFlight: () => ReadonlySet<string>,
  signal: AbortSignal,
): Promise<void> {
  const { client, pool } = context;
  const runs = await client.flowRuns.filter(
    {
      flow_runs: { state: { type: { any_: ["PENDING", "RUNNING", "CANCELLING"] } } },
      work_pools: { name: { any_: [pool.name] } },
      sort: "START_TIME_ASC",
      limit: PAGE,
    },
    { signal, retryFor: 0 },
  );
  const others = runs.filter((run) => !inFlight().has(run.id));
  if (others.length === 0) return;
  const online = new Set((await client.workPools.onlineWorkers(pool.name)).map(({ name }) => name));
  for (const run of others) {
    const labels = readRunLabels(run) ?? (await claimInHistory(run, context));
    const lost = labels && (await whyLost(run, labels, online, context));
    // Looked at again: it may have been claimed here, or have ended, meanwhile.
    if (!lost || inFlight().has(run.id) || signal.aborted) continue;
    const { deployment_id } = run;
    const deployment = deployment_id ? await client.deployments.read(deployment_id) : undefined;
    await giveUpRun({ flowRun: run, deployment, reason: lost, stateId: run.state_id ?? undefined }, context);
  }
}

/** Of a run that was cut off before its labels were put on it, the claim is known from its states. */
async function claimInHistory(
  run: FlowRun,
  { client }: ExecutorContext,
): Promise<Partial<RunLabels> | undefined> {
  const states = await client.flowRuns.states(run.id);
  const worker = states.map(({ message }) => claimingWorker(message)).findLast((name) => name !== undefined);
  return worker === undefined ? undefined : { worker };
}

/** Why a run is lost; undefined when it is not, or when that cannot be known yet. */
async function whyLost(
  run: FlowRun,
  labels: Partial<RunLabels>,
  online: ReadonlySet<string>,
  context: ExecutorContext,
): Promise<string | undefined> {
  const { worker = "" } = labels;
  const young = Math.min(YOUNG, context.settings.worker.lostRunsSeconds * 1000);
  if (context.client.serverTime - Date.parse(run.state?.timestamp ?? "") < young) return undefined;
  // On this machine processes can be looked at; of others only the server knows, a little late.
  if (isVisible(labels.workerProcess)) {
    // A worker that lives settles its runs itself, and a process that lives its own.
    if (isAlive(labels.workerProcess) || isAlive(labels.process)) return undefined;
    return `Worker '${worker}', which ran it, is gone, and so is the run's process.`;
  }
  if (online.has(worker) && worker !== context.workerName) return undefined;
  if (await hasFreshHeartbeat(run, context)) return undefined;
  return `Worker '${worker}', which ran it, is gone: neither it nor the run's process has been heard of.`;
}

/** Whether the run's process, wherever it is, has told lately that it is at work. */
async function hasFreshHeartbeat(run: FlowRun, { client, settings }: ExecutorContext): Promise<boolean> {
  const since = new Date(client.serverTime - settings.heartbeatSeconds * MISSED_HEARTBEATS * 1000);
  const started = Date.parse(run.state?.timestamp ?? "");
  if (started > since.getTime()) return true;
  const found = await client.filterEvents({
    occurred: { since: since.toISOString(), until: new Date(client.serverTime + 60_000).toISOString() },
    event: { name: ["prefect.flow-run.heartbeat"] },
    resource: { id: [`prefect.flow-run.${run.id}`] },
  });
  return found.length > 0;
}
