import { setTimeout as delay } from "node:timers/promises";
import type { Api } from "./api.ts";
import { type FlowRun, stateText } from "./run-table.ts";
import { dim, say } from "./words.ts";

const POLL_MS = 1_000;

/** Prints a line for each change of each run that is made from now on, until the signal is aborted. */
export async function watchRuns(api: Api, signal: AbortSignal): Promise<void> {
  const since = new Date().toISOString();
  const told = new Map<string, string>();
  while (!signal.aborted) {
    const runs = await api
      .post<FlowRun[]>("/flow_runs/filter", {
        flow_runs: { expected_start_time: { after_: since } },
        sort: "EXPECTED_START_TIME_ASC",
      })
      // The server may be restarted by who tries things: the next look will tell.
      .catch((): FlowRun[] => []);
    for (const run of runs) {
      if (told.get(run.id) === run.state_name) continue;
      told.set(run.id, run.state_name);
      say(`  ${dim(new Date().toLocaleTimeString("en-GB"))} ${run.name.padEnd(26)} ${stateText(run)}`);
    }
    await delay(POLL_MS, undefined, { signal }).catch(() => undefined);
  }
}
