import type { Deployment, FlowRun, JsonObject } from "../prefect/api-types.ts";
import { StateProposer } from "../prefect/state-proposer.ts";
import { isFinal } from "../prefect/states.ts";
import type { ExecutorContext } from "./executor-context.ts";

/** What becomes of a run that its worker can no longer care for. */
export type OnShutdown = "reschedule" | "crash" | "auto";

/** Deployments (or runs) with this tag may be run again from the start at any time: they say so themselves. */
export const IDEMPOTENT_TAG = "idempotent";

/**
 * Reports a run that was cut off: `Crashed`, or scheduled again where it is told, or allowed, to run from the start.
 * @param reason why it was cut off, for the state's message and the log
 */
export async function giveUpRun(
  flowRun: FlowRun,
  deployment: Pick<Deployment, "tags"> | undefined,
  reason: string,
  { client, runLog, onShutdown }: Pick<ExecutorContext, "client" | "runLog" | "onShutdown">,
): Promise<void> {
  const current = await client.flowRuns.read(flowRun.id);
  // It may have ended by itself at the last moment: then that holds.
  if (isFinal(current.state_type)) return;
  const run = { id: flowRun.id, name: flowRun.name ?? flowRun.id };
  const proposer = new StateProposer(client.flowRuns, flowRun);
  const idempotent = [...(deployment?.tags ?? []), ...(flowRun.tags ?? [])].includes(IDEMPOTENT_TAG);
  const again = onShutdown === "reschedule" || (onShutdown === "auto" && idempotent);
  if (!again) {
    runLog.write(
      run,
      "error",
      `${reason} Add the tag '${IDEMPOTENT_TAG}' to a deployment whose runs may start anew.`,
    );
    await runLog.flush();
    await proposer.crashed(reason);
    return;
  }
  runLog.write(run, "warn", `${reason} It is scheduled again.`);
  await runLog.flush();
  // A run that waited for a retry in its process is not given to workers: its next try may be any worker's. And one
  // that has a process is cancelled by the worker of that process, which it no longer has.
  await client.flowRuns.update(flowRun.id, {
    infrastructure_pid: null,
    empirical_policy: { ...(current.empirical_policy as JsonObject), retry_type: "reschedule" },
  });
  await proposer.reschedule(reason);
}
