import type { FlowRun, WorkPool } from "../prefect/api-types.ts";
import type { RequestOptions } from "../prefect/http/http.ts";
import type { ExecutorContext } from "./executor-context.ts";
import { isAlive, isVisible, processMark } from "./process/process-mark.ts";
import { lastClaim, type RunLabels, readRunLabels } from "./run-labels.ts";

/** A worker may be late by as many of its heartbeats, and a run by as many of its own, before it counts as gone. */
export const MISSED_BY_WORKER = 3;
export const MISSED_BY_RUN = 2.5;
/** A state is this old, in milliseconds, before its run can be lost: its process had time to take over. */
const YOUNG = 10_000;

/** What the search for lost runs works with. */
export type SearchContext = Pick<
  ExecutorContext,
  "client" | "settings" | "workerName" | "runLog" | "logger" | "onShutdown"
> & { readonly pool: Pick<WorkPool, "name"> };

/** What can be known of those who are not on this machine. */
export interface Hearsay {
  /** Names of the pool's workers that the server has heard of lately. */
  online: ReadonlySet<string>;
  /** Whether the server was there for so long that everybody who is at work has told it so. */
  complete: boolean;
}

/**
 * Why a run is lost, which means that neither its worker nor its process cares for it any more. Undefined when it is not,
 * when that cannot be known yet, and when no worker of this project has claimed it.
 * @param run  Pending, Running, Cancelling or AwaitingRetry, and not in flight here
 */
export async function whyLost(
  run: FlowRun,
  hearsay: Hearsay,
  context: SearchContext,
  options: RequestOptions,
): Promise<string | undefined> {
  if (isYoung(run, context)) return undefined;
  const states = context.client.flowRuns.states.bind(context.client.flowRuns);
  // Of a run that was cut off before its labels were put on it, the claim is known from its states.
  const labels = readRunLabels(run);
  if (labels === undefined) {
    const claimed = lastClaim(await states(run.id, options));
    return claimed && reasonBy(claimed, run, hearsay, context, options);
  }
  const why = await reasonBy(labels, run, hearsay, context, options);
  if (why === undefined || labels.claim === undefined) return why;
  // Labels are told a little after a claim: these may name the processes of an earlier try.
  const claimed = lastClaim(await states(run.id, options));
  if (claimed === undefined || claimed.claim === labels.claim) return why;
  return reasonBy({ worker: claimed.worker }, run, hearsay, context, options);
}

async function reasonBy(
  labels: Partial<RunLabels>,
  run: FlowRun,
  { online, complete }: Hearsay,
  context: SearchContext,
  options: RequestOptions,
): Promise<string | undefined> {
  const { worker = "", workerProcess } = labels;
  // On this machine processes can be looked at; of others only the server knows, a little late.
  if (isVisible(workerProcess)) {
    // A process that lives settles its own run.
    if (isAlive(labels.process)) return undefined;
    if (workerProcess === processMark(process.pid))
      return `Worker '${worker}', which ran it, could not tell its end, and the run's process is gone.`;
    // And a worker that lives its runs.
    if (isAlive(workerProcess)) return undefined;
    return `Worker '${worker}', which ran it, is gone, and so is the run's process.`;
  }
  if (!complete || (online.has(worker) && worker !== context.workerName)) return undefined;
  if (await hasFreshHeartbeat(run, context, options)) return undefined;
  return `Worker '${worker}', which ran it, is gone: neither it nor the run's process has been heard of.`;
}

/** Whether the run has come into its state a moment ago, or its retry is not overdue. */
function isYoung({ state }: FlowRun, { client, settings }: SearchContext): boolean {
  const times = [state?.timestamp, state?.type === "SCHEDULED" && state.state_details?.scheduled_time];
  const since = Math.max(...times.map((time) => (time ? Date.parse(time) : 0)));
  return client.serverTime - since < Math.min(YOUNG, settings.worker.lostRunsSeconds * 1000);
}

/** Whether the run's process, wherever it is, has told lately that it is at work. */
async function hasFreshHeartbeat(
  run: FlowRun,
  { client, settings }: SearchContext,
  options: RequestOptions,
): Promise<boolean> {
  const since = new Date(client.serverTime - settings.heartbeatSeconds * MISSED_BY_RUN * 1000);
  const started = Date.parse(run.state?.timestamp ?? "");
  if (started > since.getTime()) return true;
  const filter = {
    occurred: { since: since.toISOString(), until: new Date(client.serverTime + 60_000).toISOString() },
    event: { name: ["prefect.flow-run.heartbeat"] },
    resource: { id: [`prefect.flow-run.${run.id}`] },
  };
  return (await client.filterEvents(filter, options)).length > 0;
}
