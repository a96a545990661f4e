import { setTimeout as sleep } from "node:timers/promises";
import type { Deployment, FlowRun } from "../prefect/api-types.ts";
import { errorText, isNotFound } from "../prefect/errors.ts";
import type { RequestOptions } from "../prefect/http/http.ts";
import { giveUpRun } from "./give-up-run.ts";
import { type Hearsay, MISSED_BY_RUN, MISSED_BY_WORKER, type SearchContext, whyLost } from "./why-lost.ts";

/** How many runs one request asks for: the server's largest page. */
const PAGE = 200;
/** Milliseconds by which a timer may be late before this machine must have stood still. */
const STOOD_STILL = 10_000;

/**
 * Looks, every `lostRunsSeconds` and at the start, for runs of the pool that are Pending, Running, Cancelling, or wait in
 * a process for their retry, under a worker that is gone, and gives them up: Crashed with that reason, or scheduled again;
 * Cancelled where they were to be. A run whose process lives is left alone, and so is every run that no worker of this
 * project has claimed. All replicas look; the server takes one word only.
 */
export async function watchLostRuns(
  context: SearchContext,
  inFlight: () => ReadonlySet<string>,
  signal: AbortSignal,
): Promise<void> {
  const { settings, logger } = context;
  let awakeSince = Date.now();
  while (!signal.aborted) {
    try {
      await giveUpLostRuns(context, inFlight, awakeSince, signal);
    } catch (error) {
      if (!signal.aborted) logger.debug(`Lost runs could not be looked for: ${errorText(error)}`);
    }
    // Apart from each other, so that many replicas do not ask at once.
    const wait = settings.worker.lostRunsSeconds * 1000 * (0.8 + 0.4 * Math.random());
    const slept = Date.now();
    await sleep(wait, undefined, { signal }).catch(() => undefined);
    // A machine that was suspended missed what others had to tell, as one whose server was away.
    if (Date.now() - slept > wait + STOOD_STILL) awakeSince = Date.now();
  }
}

async function giveUpLostRuns(
  context: SearchContext,
  inFlight: () => ReadonlySet<string>,
  awakeSince: number,
  signal: AbortSignal,
): Promise<void> {
  const { client, pool, logger } = context;
  // One try each: a proposal that comes late may meet a run that another worker has given up, and a third one runs.
  const once = { signal, retryFor: 0 };
  const others = (await candidates(context, once)).filter((run) => !inFlight().has(run.id));
  if (others.length === 0) return;
  const online = new Set((await client.workPools.onlineWorkers(pool.name, once)).map(({ name }) => name));
  for (const run of others) {
    if (signal.aborted) return;
    try {
      const hearsay = { online, complete: isComplete(context, awakeSince) };
      await giveUpIfLost(run, hearsay, context, inFlight, once);
    } catch (error) {
      // One run that cannot be looked at must not keep the others from being found.
      if (signal.aborted || isNotFound(error)) continue;
      logger.warn(`Whether run ${run.name} is lost could not be found out: ${errorText(error)}`);
    }
  }
}

async function giveUpIfLost(
  run: FlowRun,
  hearsay: Hearsay,
  context: SearchContext,
  inFlight: () => ReadonlySet<string>,
  once: RequestOptions,
): Promise<void> {
  const reason = await whyLost(run, hearsay, context, once);
  // Looked at again: it may have been claimed here, or have ended, meanwhile.
  if (reason === undefined || inFlight().has(run.id)) return;
  const deployment = await deploymentOf(run, context, once);
  await giveUpRun(
    { flowRun: run, deployment, reason, stateId: run.state_id ?? undefined, patience: once },
    context,
  );
}

/** Runs that have, or had, a process. */
async function candidates({ client, pool }: SearchContext, once: RequestOptions): Promise<FlowRun[]> {
  const state = {
    operator: "or_",
    type: { any_: ["PENDING", "RUNNING", "CANCELLING"] },
    name: { any_: ["AwaitingRetry"] },
  };
  const found = new Map<string, FlowRun>();
  for (let offset = 0; ; offset += PAGE) {
    const page = await client.flowRuns.filter(
      {
        flow_runs: { state },
        work_pools: { name: { any_: [pool.name] } },
        sort: "ID_DESC",
        limit: PAGE,
        offset,
      },
      once,
    );
    for (const run of page) found.set(run.id, run);
    if (page.length < PAGE) break;
  }
  // The server gives a run that waits for a retry in its process to no worker; any other is in the queue.
  return [...found.values()].filter(
    (run) => run.state_type !== "SCHEDULED" || run.empirical_policy?.retry_type === "in_process",
  );
}

/**
 * Whether the server has answered for so long that whoever is at work has told it so: after an outage it takes all workers
 * for gone until they report again.
 */
function isComplete({ client, settings }: SearchContext, awakeSince: number): boolean {
  const { inContactSince } = client;
  if (inContactSince === undefined) return false;
  const seconds = Math.max(
    MISSED_BY_WORKER * settings.worker.heartbeatSeconds,
    MISSED_BY_RUN * settings.heartbeatSeconds,
  );
  return Date.now() - Math.max(inContactSince, awakeSince) >= seconds * 1000;
}

async function deploymentOf(
  { deployment_id }: FlowRun,
  { client }: SearchContext,
  once: RequestOptions,
): Promise<Deployment | undefined> {
  if (!deployment_id) return undefined;
  try {
    return await client.deployments.read(deployment_id, once);
  } catch (error) {
    // Its runs outlive a deployment that is deleted.
    if (isNotFound(error)) return undefined;
    throw error;
  }
}
