import { createHash } from "node:crypto";
import type { FlowRun } from "./api-types.ts";

/**
 * The `transition_id` of every worker's claim of a run as it is scheduled now, and of the end of what was claimed.
 *
 * A server lets a run that has ended go back to `Pending`. So a worker that is slow between its poll and its claim would
 * run again what another worker has meanwhile run to its end (seen with three workers and runs of 0.2 s). But a server
 * refuses a state whose `transition_id` is that of the run's state now (`PreventDuplicateTransitions`). All workers
 * derive the same id for the same scheduling, the final state carries it too, and so the late claim is refused.
 *
 * A run that is scheduled anew has another count of tries or another time, and with it another id.
 */
export function claimId(flowRun: Pick<FlowRun, "id" | "run_count" | "next_scheduled_start_time">): string {
  const scheduling = `${flowRun.id} ${flowRun.run_count ?? 0} ${flowRun.next_scheduled_start_time ?? ""}`;
  const digest = createHash("sha1").update(`prefect-ts claim ${scheduling}`).digest();
  const bytes = digest.subarray(0, 16);
  // Version 5 and variant bits of RFC 9562: a name-based UUID.
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x50;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  const hex = bytes.toString("hex");
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
}
