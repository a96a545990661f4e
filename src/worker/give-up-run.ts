import { setTimeout as sleep } from "node:timers/promises";
import type { Deployment, FlowRun, JsonObject } from "../prefect/api-types.ts";
import { type Patience, StateProposer, type Verdict } from "../prefect/state-proposer.ts";
import { isFinal } from "../prefect/states.ts";
import type { ExecutorContext } from "./executor-context.ts";

/** What becomes of a run that its worker can no longer care for. */
export type OnShutdown = "reschedule" | "crash" | "auto";

/** Deployments (or runs) with this tag may be run again from the start at any time: they say so themselves. */
export const IDEMPOTENT_TAG = "idempotent";

/** Milliseconds that what is said of a run's end is waited for, so that it is there before the end. */
const LOG_PATIENCE = 10_000;

export interface CutOffRun {
  flowRun: FlowRun;
  deployment: Pick<Deployment, "tags"> | undefined;
  /** Why it was cut off, for the state's message and the log. */
  reason: string;
  /** Only while it is in this very state: another worker may have given it up, and a third may run it, meanwhile. */
  stateId?: string | undefined;
  /** For each request; an hour for the state where it is left out. */
  patience?: Patience;
}

/**
 * Reports a run that was cut off: `Crashed`, or scheduled again where it is told, or allowed, to run from the start, or
 * waited for a retry. One that was being cancelled is `Cancelled`.
 * @returns what the server said to it; undefined when there was nothing to report, as the run has ended or changed
 */
export async function giveUpRun(
  { flowRun, deployment, reason, stateId, patience }: CutOffRun,
  { client, runLog, onShutdown }: Pick<ExecutorContext, "client" | "runLog" | "onShutdown">,
): Promise<Verdict | undefined> {
  const { id, name } = flowRun;
  const tell = (level: "warn" | "error", message: string) =>
    runLog.write({ id, name: name ?? id }, level, message);
  const told = async () => {
    const late = sleep(LOG_PATIENCE, undefined, {
      ref: false,
      ...(patience?.signal && { signal: patience.signal }),
    });
    await Promise.race([runLog.flush(), late]);
  };
  /** It may have ended by itself at the last moment: then that holds. */
  const read = async () => {
    const current = await client.flowRuns.read(id, patience);
    const changed = stateId !== undefined && current.state_id !== stateId;
    return changed || isFinal(current.state_type) ? undefined : current;
  };
  const current = await read();
  if (current === undefined) return undefined;
  const proposer = new StateProposer(client.flowRuns, flowRun);
  const idempotent = [...(deployment?.tags ?? []), ...(flowRun.tags ?? [])].includes(IDEMPOTENT_TAG);
  // One that waits for a retry is run again anyway: the server has granted it.
  const again =
    current.state_type === "SCHEDULED" ||
    onShutdown === "reschedule" ||
    (onShutdown === "auto" && idempotent);
  if (current.state_type === "CANCELLING") {
    tell("warn", `${reason} It was being cancelled.`);
    await told();
    return proposer.cancelled(reason, patience);
  }
  if (again) {
    // A run that waited for a retry in its process is not given to workers: its next try may be any worker's. And one
    // that has a process is cancelled by the worker of that process, which it no longer has.
    const policy = { ...(current.empirical_policy as JsonObject), retry_type: "reschedule" };
    await client.flowRuns.update(id, { infrastructure_pid: null, empirical_policy: policy }, patience);
    // The server cannot be asked to change a state only if it is still the one seen: so the last look comes last.
    if ((await read()) === undefined) return undefined;
    const verdict = await proposer.reschedule(reason, patience);
    tell("warn", `${reason} It is scheduled again.`);
    return verdict;
  }
  tell("error", `${reason} Add the tag '${IDEMPOTENT_TAG}' to a deployment whose runs may start anew.`);
  await told();
  return proposer.crashed(reason, patience);
}
