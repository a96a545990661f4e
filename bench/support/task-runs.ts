import type { Bench } from "./bench.ts";
import { until } from "./wait.ts";

const RECORDED_MS = 10 * 60_000;

/** Waits until the server counts so many task runs of a flow run as Completed. */
export async function taskRunsCompleted(
  { api, signal }: Bench,
  flowRun: string,
  count: number,
): Promise<void> {
  const wanted = {
    flow_runs: { id: { any_: [flowRun] } },
    task_runs: { state: { type: { any_: ["COMPLETED"] } } },
  };
  const all = async () => (await api.post<number>("/task_runs/count", wanted)) === count;
  await until("all task runs are Completed", all, { signal, timeoutMs: RECORDED_MS, everyMs: 100 });
}
