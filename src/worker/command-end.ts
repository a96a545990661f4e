import { isNotFound } from "../prefect/errors.ts";
import { PATIENCE } from "../prefect/retry-delay.ts";
import { isFinal } from "../prefect/states.ts";
import type { ExecutorContext } from "./executor-context.ts";
import type { Exit } from "./process/exit-codes.ts";

/**
 * What a `command` that has ended has told the server itself, as it leaves no receipt: words for the worker's log. It may
 * end a run, or leave it with code 0 for later: suspended, or to be tried again by any worker. Undefined: nothing, and
 * the worker has to. Other codes of a run that has not ended mean a crash, as for Prefect's worker.
 * @throws PrefectError
 */
export async function toldByCommand(
  flowRunId: string,
  exit: Exit,
  { client }: Pick<ExecutorContext, "client">,
): Promise<string | undefined> {
  try {
    const run = await client.flowRuns.read(flowRunId, { retryFor: PATIENCE });
    if (isFinal(run.state_type)) return `ended in state ${run.state_name}`;
    const isLeft = run.state_type === "PAUSED" || run.state_type === "SCHEDULED";
    return exit.code === 0 && isLeft ? `left alone in state ${run.state_name}` : undefined;
  } catch (error) {
    if (isNotFound(error)) return "left alone: the flow run was deleted";
    throw error;
  }
}
