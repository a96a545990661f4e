import { hostname } from "node:os";
import { setTimeout as sleep } from "node:timers/promises";
import type { FlowRun } from "../prefect/api-types.ts";
import { errorText } from "../prefect/errors.ts";
import type { ExecutorContext } from "./executor-context.ts";
import type { RunProcess } from "./process/run-process.ts";
import { hasLabels, makeRunLabels } from "./run-labels.ts";

/** Milliseconds after the start of a run until the server is told which process runs it. */
const TELL_AFTER = 3_000;

/**
 * `host:pid`, and labels, so that others can find the process and its worker. The run does not wait for it: the server
 * has its Running to take first. A run that has ended by then needs no labels, and its pid is not urgent. Never throws.
 * @param claim  id of the state by which the run was claimed
 */
export async function tellProcess(
  flowRun: FlowRun,
  process: RunProcess,
  claim: string | undefined,
  { client, lateNotes, logger, workerName }: ExecutorContext,
): Promise<void> {
  const { id } = flowRun;
  const pid = { infrastructure_pid: `${hostname()}:${process.pid}` };
  const what = `Which process runs ${flowRun.name ?? id} could not be told`;
  // Labels of an earlier try name a process that has nothing to do with this one.
  const wait = hasLabels(flowRun) ? 0 : TELL_AFTER;
  const hasEnded = await Promise.race([process.exited.then(() => true), sleep(wait, false, { ref: false })]);
  if (process.receipt?.kind === "ended") {
    lateNotes.add(what, () => client.flowRuns.update(id, pid));
    return;
  }
  // Whoever settles such a run says what becomes of it: scheduled again, it must not name a process that is gone.
  if (hasEnded && process.leavesReceipt) return;
  try {
    // One after the other: a server on SQLite answers 503 to the second of two changes of one run at once.
    await client.flowRuns.update(id, pid);
    await client.flowRuns.label(id, makeRunLabels(workerName, process.pid, claim));
  } catch (error) {
    logger.warn(`${what}: ${errorText(error)}`);
  }
}
