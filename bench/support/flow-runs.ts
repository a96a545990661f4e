import { randomUUID } from "node:crypto";
import type { Bench } from "./bench.ts";
import { until } from "./wait.ts";

/** What the server says of a flow run; times are ISO texts by the server's clock. */
export interface FlowRun {
  readonly id: string;
  readonly state_type: string;
  readonly state_name: string;
  readonly state: { readonly message: string | null };
  readonly created: string;
  readonly start_time: string | null;
  readonly end_time: string | null;
}

const FINAL = ["COMPLETED", "FAILED", "CRASHED", "CANCELLED"];
/** Requests that make runs, at once: more only make a SQLite server answer 503. */
const AT_ONCE = 4;
/** A SQLite server under load answers 503 for seconds; what is asked twice is made once. */
const PATIENCE_MS = 60_000;

/** Makes a run of a deployment. */
export async function createRun(
  bench: Bench,
  deployment: string,
  parameters: Record<string, unknown> = {},
): Promise<FlowRun> {
  const body = { idempotency_key: randomUUID(), parameters, state: { type: "SCHEDULED", name: "Scheduled" } };
  const refusedUntil = performance.now() + PATIENCE_MS;
  for (;;) {
    try {
      return await bench.api.post<FlowRun>(`/deployments/${deployment}/create_flow_run`, body);
    } catch (error) {
      if (!/answered 503/.test((error as Error).message) || performance.now() > refusedUntil) throw error;
      bench.signal.throwIfAborted();
    }
  }
}

/** Makes many runs as fast as the server takes them. */
export async function createRuns(bench: Bench, deployment: string, count: number): Promise<void> {
  let left = count;
  const maker = async () => {
    for (; left > 0; ) {
      left -= 1;
      await createRun(bench, deployment);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, maker));
}

/**
 * Waits until a run is Completed.
 * @throws Error when it ends otherwise, with its message
 */
export async function completed(
  bench: Bench,
  id: string,
  { timeoutMs = 120_000, everyMs = 250 } = {},
): Promise<FlowRun> {
  const look = async () => {
    const run = await bench.api.get<FlowRun>(`/flow_runs/${id}`);
    if (run.state_type === "COMPLETED") return run;
    if (FINAL.includes(run.state_type))
      throw new Error(`run ${id} is ${run.state_name}: ${run.state.message}`);
    return undefined;
  };
  return await until(`run ${id} is Completed`, look, { signal: bench.signal, timeoutMs, everyMs });
}

/**
 * Waits until no run of a deployment is left that has not ended, looking once a second.
 * @throws Error when one did not complete
 */
export async function allCompleted(bench: Bench, deployment: string, timeoutMs: number): Promise<void> {
  const count = (state: Record<string, unknown>) =>
    bench.api.post<number>("/flow_runs/count", {
      deployments: { id: { any_: [deployment] } },
      flow_runs: { state: { type: state } },
    });
  await until("all runs have ended", async () => (await count({ not_any_: FINAL })) === 0, {
    signal: bench.signal,
    timeoutMs,
    everyMs: 1_000,
  });
  const others = await count({ any_: FINAL.slice(1) });
  if (others > 0) throw new Error(`${others} runs did not complete: look at the worker's log`);
}

/** The runs of a deployment that were made after a time of the server, oldest first. At most 200. */
export function runsSince({ api }: Bench, deployment: string, since: Date): Promise<FlowRun[]> {
  return api.post<FlowRun[]>("/flow_runs/filter", {
    deployments: { id: { any_: [deployment] } },
    flow_runs: { expected_start_time: { after_: since.toISOString() } },
    sort: "START_TIME_ASC",
    limit: 200,
  });
}
