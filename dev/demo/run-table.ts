import { randomUUID } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import type { Api } from "./api.ts";
import { LiveBlock, type LiveLine } from "./live-block.ts";
import type { PlannedRun } from "./plan.ts";
import { cyan, dim, duration, green, red, yellow } from "./words.ts";

/** What the server says of a flow run. */
export interface FlowRun {
  id: string;
  name: string;
  state_type: string;
  state_name: string;
  state: { message: string | null } | null;
  expected_start_time: string;
  start_time: string | null;
  end_time: string | null;
}

const POLL_MS = 200;
const FINAL = new Set(["COMPLETED", "FAILED", "CRASHED", "CANCELLED"]);

/**
 * Makes the runs, one after the other, and shows them in a table while they go on.
 * @returns how each ended, in the same order
 */
export async function runAll(api: Api, plan: readonly PlannedRun[], signal: AbortSignal): Promise<FlowRun[]> {
  const block = new LiveBlock();
  const runs: FlowRun[] = [];
  const show = () => block.update([header(), ...plan.map((planned, at) => row(planned, runs[at]))]);
  for (const [at, planned] of plan.entries()) {
    const { deploymentId, parameters } = planned;
    let run = await api.post<FlowRun>(`/deployments/${deploymentId}/create_flow_run`, {
      parameters,
      // Asked again after no answer, the server gives the same run.
      idempotency_key: randomUUID(),
      state: { type: "SCHEDULED" },
    });
    for (;;) {
      runs[at] = run;
      show();
      if (FINAL.has(run.state_type)) break;
      await delay(POLL_MS, undefined, { signal });
      run = await api.get<FlowRun>(`/flow_runs/${run.id}`);
    }
  }
  return runs;
}

/** A state in its colour, in a column of this width. */
export function stateText(run: FlowRun, width = 0): string {
  const text = run.state_name.padEnd(width);
  if (run.state_type === "COMPLETED") return green(text);
  if (run.state_type === "FAILED" || run.state_type === "CRASHED") return red(text);
  if (run.state_type === "RUNNING") return cyan(text);
  return run.state_type === "CANCELLED" ? dim(text) : yellow(text);
}

function header(): LiveLine {
  const text = columns("flow", "mode", "run", "state".padEnd(14), "started after", "took");
  return { shown: dim(text), told: text };
}

function row(planned: PlannedRun, run: FlowRun | undefined): LiveLine {
  if (run === undefined)
    return { shown: dim(columns(planned.flow, planned.mode, "", "".padEnd(14), "", "")) };
  const times = [waited(run), took(run)] as const;
  const shown = columns(planned.flow, planned.mode, run.name, stateText(run, 14), ...times);
  // Elsewhere than on a terminal a line for each state is enough; the clock is told at the end.
  const toldTimes = FINAL.has(run.state_type) ? times : ([run.start_time ? times[0] : "", ""] as const);
  return {
    shown,
    told: columns(planned.flow, planned.mode, run.name, run.state_name.padEnd(14), ...toldTimes).trimEnd(),
  };
}

function columns(
  flow: string,
  mode: string,
  name: string,
  state: string,
  waitedFor: string,
  tookFor: string,
): string {
  return `  ${flow.padEnd(26)} ${mode.padEnd(8)} ${name.padEnd(24)} ${state} ${waitedFor.padStart(13)} ${tookFor.padStart(10)}`;
}

/** From when it should have started to when it did, or until now. */
function waited(run: FlowRun): string {
  const until = run.start_time ?? (FINAL.has(run.state_type) ? run.end_time : null);
  return duration(Math.max(0, at(until) - at(run.expected_start_time)));
}

function took(run: FlowRun): string {
  return run.start_time === null ? "" : duration(Math.max(0, at(run.end_time) - at(run.start_time)));
}

function at(time: string | null): number {
  return time === null ? Date.now() : Date.parse(time);
}
