import { hostname } from "node:os";
import { getRunContext } from "prefect-ts";

/** How this run is named to another one that would write at the same time. */
export function thisRun(): string {
  const run = getRunContext();
  if (run?.flowRunId === undefined) return `process ${process.pid} on ${hostname()}, outside of any flow run`;
  return `flow run ${run.flowRunId} ("${run.flowRunName}")`;
}
