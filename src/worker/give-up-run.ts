import type { Deployment, FlowRun, JsonObject } from "../prefect/api-types.ts";
import { StateProposer } from "../prefect/state-proposer.ts";
import { isFinal } from "../prefect/states.ts";
import type { ExecutorContext } from "./executor-context.ts";

/** What becomes of a run that its worker can no longer care for. */
export type OnShutdown = "reschedule" | "crash" | "auto";

/** Deployments (or runs) with this tag may be run again from the start at any time: they say so themselves. */
export const IDEMPOTENT_TAG = "idempotent";

export interface CutOffRun {
  flowRun: FlowRun;
  deployment: Pick<Deployment, "tags"> | undefined;
  /** Why it was cut off, for the state's message and the log. */
  reason: string;
  /** Only while it is in this very state: another worker may have given it up, and a third may run it, meanwhile. */
  stateId?: string | undefined;
}

/**
 * Reports a run that was cut off: `Crashed`, or scheduled again where it is told, or allowed, to run from the start.
 * One that was being cancelled is `Cancelled`.
 */
export async function giveUpRun(
  { flowRun, deployment, reason, stateId }: CutOffRun,
  { client, runLog, onShutdown }: Pick<ExecutorContext, "client" | "runLog" | "onShutdown">,
): Promise<void> {
  const { id, name } = flowRun;
  const tell = (level: "warn" | "error", message: string) =>
    runLog.write({ id, name: name ?? id }, level, message);
  /** It may have ended by itself at the last moment: then that holds. */
  const read = async () => {
    const current = await client.flowRuns.read(id);
    const changed = stateId !== undefined && current.state_id !== stateId;
    return changed || isFinal(current.state_type) ? undefined : current;
  };
  const current = await read();
  if (current === undefined) return;
  const proposer = new StateProposer(client.flowRuns, flowRun);
  const idempotent = [...(deployment?.tags ?? []), ...(flowRun.tags ?? [])].includes(IDEMPOTENT_TAG);
  if (current.state_type === "CANCELLING") {
    tell("warn", `${reason} It was being cancelled.`);
    await runLog.flush();
    await proposer.cancelled(reason);
  } else if (onShutdown === "reschedule" || (onShutdown === "auto" && idempotent)) {
    // A run that waited for a retry in its process is not given to workers: its next try may be any worker's. And one
    // that has a process is cancelled by the worker of that process, which it no longer has.
    await client.flowRuns.update(id, {
      infrastructure_pid: null,
      empirical_policy: { ...(current.empirical_policy as JsonObject), retry_type: "reschedule" },
    });
    // The server cannot be asked to change a state only if it is still the one seen: so the last look comes last.
    if ((await read()) === undefined) return;
    await proposer.reschedule(reason);
    tell("warn", `${reason} It is scheduled again.`);
  } else {
    tell("error", `${reason} Add the tag '${IDEMPOTENT_TAG}' to a deployment whose runs may start anew.`);
    await runLog.flush();
    await proposer.crashed(reason);
  }
}
