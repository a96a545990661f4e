import { hostname } from "node:os";
import type { FlowRun, State } from "../prefect/api-types.ts";
import { processMark } from "./process/process-mark.ts";

/** Labels that a worker puts on a run which it has claimed, so that others can tell whether anybody still cares for it. */
export interface RunLabels {
  /** Name of the worker, as the server's list of workers has it. */
  worker: string;
  host: string;
  /** Which process runs it, unmistakable also after a restart of the machine (`processMark`). */
  process: string;
  /** The worker's own process, in the same form. */
  workerProcess: string;
  /** Id of the state by which the worker claimed it: labels of an earlier try have another. */
  claim: string;
}

const names = {
  worker: "prefect-ts.worker-name",
  host: "prefect-ts.host",
  process: "prefect-ts.process",
  workerProcess: "prefect-ts.worker-process",
  claim: "prefect-ts.claim",
};

/** @param claim  id of the Pending state by which the run was claimed */
export function makeRunLabels(
  worker: string,
  pid: number,
  claim: string | undefined,
): Record<string, string> {
  return {
    [names.worker]: worker,
    [names.host]: hostname(),
    [names.process]: processMark(pid) ?? "",
    [names.workerProcess]: processMark(process.pid) ?? "",
    [names.claim]: claim ?? "",
  };
}

/** Whether a worker has put its labels on a run, now or at an earlier try. */
export function hasLabels(flowRun: Pick<FlowRun, "labels">): boolean {
  return flowRun.labels?.[names.worker] !== undefined;
}

/** The newest claim among a run's states: whose it was, and its id. Undefined when no worker of this project claimed it. */
export function lastClaim(states: readonly State[]): { worker: string; claim: string } | undefined {
  const claims = states.flatMap(({ id, message }) => {
    const worker = claimingWorker(message);
    return worker === undefined || !id ? [] : [{ worker, claim: id }];
  });
  return claims.at(-1);
}

/** The worker whose claim a state's message tells of. */
function claimingWorker(message: string | null | undefined): string | undefined {
  return /^Claimed by worker '(.+)' \([0-9a-f]+\)$/.exec(message ?? "")?.[1];
}

/**
 * Who claimed a run: by its labels, or, in the moment between claim and labels, by the message of its Pending state.
 * Undefined for a run that no worker of this project claimed.
 */
export function readRunLabels(flowRun: FlowRun): Partial<RunLabels> | undefined {
  const labels = flowRun.labels ?? {};
  const text = (name: string) => (typeof labels[name] === "string" ? labels[name] : undefined);
  const worker = text(names.worker);
  const claimed = claimingWorker(flowRun.state?.message);
  // The claim is newer than labels of an earlier try.
  if (claimed !== undefined && claimed !== worker) return { worker: claimed };
  if (worker === undefined) return undefined;
  const [host, process, workerProcess, claim] = [
    names.host,
    names.process,
    names.workerProcess,
    names.claim,
  ].map(text);
  return {
    worker,
    ...(host && { host }),
    ...(process && { process }),
    ...(workerProcess && { workerProcess }),
    ...(claim && { claim }),
  };
}
