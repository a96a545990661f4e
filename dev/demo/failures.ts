import type { Api } from "./api.ts";
import type { FlowRun } from "./run-table.ts";
import { dim, heading, red, say } from "./words.ts";

const LINES = 10;

/** Says of each run that did not complete why, with the last lines of its log. */
export async function tellFailures(api: Api, runs: readonly FlowRun[]): Promise<void> {
  for (const run of runs.filter(({ state_type }) => state_type !== "COMPLETED")) {
    heading(red(`${run.name} is ${run.state_name}`));
    if (run.state?.message) say(`  ${run.state.message}`);
    const logs = await api.post<{ message: string }[]>("/logs/filter", {
      logs: { flow_run_id: { any_: [run.id] } },
      sort: "TIMESTAMP_DESC",
      limit: LINES,
    });
    for (const { message } of logs.reverse()) say(dim(`  | ${message}`));
  }
}
