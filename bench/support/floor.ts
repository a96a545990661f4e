import type { Bench } from "./bench.ts";
import { subscribe } from "./events.ts";

/**
 * The least that a worker must do for a run: hear of it by the events socket, propose `Pending`, propose `Running`.
 * No poll, no process, no code, no log.
 */
export interface Floor {
  readonly poolId: string;
  /** Deployment of the pool that it serves. */
  readonly deployment: string;
  close(): void;
}

/** Makes the floor's pool and serves it. @param onError  told when a state could not be proposed */
export async function startFloor({ api, stack }: Bench, onError: (error: Error) => void): Promise<Floor> {
  const name = "bench-floor";
  const { id: poolId } = await api.post<{ id: string }>("/work_pools/", { name, type: "process" });
  const { id: flow_id } = await api.post<{ id: string }>("/flows/", { name: "Bench no-op" });
  const made = await api.post<{ id: string }>("/deployments/", { name, flow_id, work_pool_name: name });
  const propose = (id: string, state: string) =>
    api.post(`/flow_runs/${id}/set_state`, { state: { type: state.toUpperCase(), name: state } });
  const handle = async (id: string) => {
    await propose(id, "Pending");
    await propose(id, "Running");
  };
  const wanted = { event: "prefect.flow-run.Scheduled", poolIds: [poolId] };
  const socket = await subscribe(stack.prefect.apiUrl, wanted, (id) => void handle(id).catch(onError));
  return { poolId, deployment: made.id, close: () => socket.close() };
}
