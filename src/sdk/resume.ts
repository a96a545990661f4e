import type { JsonObject } from "../prefect/api-types.ts";
import { openServer } from "./server.ts";

/**
 * Resumes a flow run that is paused or suspended.
 *
 *     await resumeFlowRun(flowRunId, { runInput: { approved: true } });
 *
 * @throws Error when it is not paused, or the input is not what it waits for
 */
export async function resumeFlowRun(
  flowRunId: string,
  { runInput }: { runInput?: JsonObject } = {},
): Promise<void> {
  await using server = openServer();
  const answer = await server.client.flowRuns.resume(flowRunId, runInput);
  if (answer.status === "ACCEPT") return;
  const reason = "reason" in answer.details && answer.details.reason ? answer.details.reason : answer.status;
  throw new Error(`Flow run ${flowRunId} cannot be resumed: ${reason}`);
}
