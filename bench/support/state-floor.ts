import type { Bench } from "./bench.ts";
import type { FlowRun } from "./flow-runs.ts";

/**
 * The least time between a run's start and its end: `Completed` proposed the moment that `Running` is answered.
 * No worker, no process, no code.
 * @returns seconds, by the server's times
 */
export async function runningToCompleted({ api }: Bench): Promise<number> {
  const { id: flow_id } = await api.post<{ id: string }>("/flows/", { name: "Bench no-op" });
  const { id } = await api.post<{ id: string }>("/flow_runs/", { flow_id, state: { type: "PENDING" } });
  for (const type of ["RUNNING", "COMPLETED"]) {
    await api.post(`/flow_runs/${id}/set_state`, { state: { type } });
  }
  const { start_time, end_time } = await api.get<FlowRun>(`/flow_runs/${id}`);
  return (Date.parse(end_time ?? "") - Date.parse(start_time ?? "")) / 1000;
}
