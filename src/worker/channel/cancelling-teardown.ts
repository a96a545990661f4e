import { hostname } from "node:os";
import type { PrefectClient } from "../../prefect/client/client.ts";
import { isNotFound } from "../../prefect/errors.ts";
import type { CleanupHandlers, CleanupOutcome } from "./cleanup-delivery.ts";
import type { CleanupTarget } from "./frames.ts";

/** Stops a run that this worker has in its hands; resolves when its process is gone, undefined when it has no such run. */
type StopRun = (flowRunId: string, reason: string) => Promise<void> | undefined;

const ack: CleanupOutcome = { operation: "ack" };
const release = (reason: string): CleanupOutcome => ({ operation: "release", reason });

/**
 * The kinds of cleanup that a process worker handles.
 *
 * `cancelling_timeout_teardown.v1`: a run stayed in `Cancelling` too long, the server made it `Cancelled` itself, and asks
 * that what still runs of it is ended. No state is proposed (`src/prefect/workers/_cleanup_handlers.py`).
 *
 * `pending_claim_teardown.v1` is not asked for: no server up to 3.8.8 makes such messages, Prefect's own worker has no
 * handler either, and the sources do not say which process a `claim_id` belongs to.
 */
export function cleanupHandlers(client: PrefectClient, stopRun: StopRun): CleanupHandlers {
  return { "cancelling_timeout_teardown.v1": (target) => tearDown(client, stopRun, target) };
}

async function tearDown(client: PrefectClient, stopRun: StopRun, target: CleanupTarget) {
  const { flow_run_id: id } = target;
  let run: { state_type?: string | null; infrastructure_pid?: string | null };
  try {
    run = await client.flowRuns.read(id);
  } catch (error) {
    if (isNotFound(error)) return ack;
    throw error;
  }
  // Scheduled anew meanwhile: the process of old is gone, the one of now is wanted.
  if (run.state_type !== "CANCELLED" && run.state_type !== "CANCELLING") return ack;
  const stopping = stopRun(id, "The cancellation of the flow run took too long.");
  if (stopping !== undefined) {
    await stopping;
    return ack;
  }
  if (!target.infrastructure_pid)
    return run.infrastructure_pid ? release("missing_infrastructure_handle") : ack;
  return isGone(target.infrastructure_pid) ? ack : release("infrastructure_not_available");
}

/**
 * Whether a process `host:pid` is known to be gone. One of another host cannot be seen from here; one that lives here is
 * another worker's, or nobody's any more: a pid alone does not show what it runs, so it is not ended.
 */
function isGone(infrastructurePid: string): boolean {
  const colon = infrastructurePid.lastIndexOf(":");
  if (infrastructurePid.slice(0, colon) !== hostname()) return false;
  try {
    process.kill(Number(infrastructurePid.slice(colon + 1)), 0);
    return false;
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "ESRCH";
  }
}
