import type { FlowRun, JsonObject, Log, OrchestrationResult, State } from "../api-types.ts";
import type { Http, RequestOptions } from "../http/http.ts";
import type { ProposedState } from "../states.ts";

/** The largest page that the server gives. */
const PAGE = 200;

export interface FlowRunFilter {
  flow_runs?: JsonObject;
  flows?: JsonObject;
  deployments?: JsonObject;
  work_pools?: JsonObject;
  sort?: string;
  limit?: number;
  offset?: number;
}

/** `/flow_runs` and `/logs` of a Prefect API. */
export class FlowRuns {
  #http: Http;

  constructor(http: Http) {
    this.#http = http;
  }

  read(id: string): Promise<FlowRun> {
    return this.#http.get(`/flow_runs/${id}`);
  }

  filter(filter: FlowRunFilter, options: RequestOptions = {}): Promise<FlowRun[]> {
    return this.#http.post("/flow_runs/filter", filter, options);
  }

  update(id: string, changes: JsonObject): Promise<void> {
    return this.#http.patch(`/flow_runs/${id}`, changes);
  }

  delete(id: string): Promise<void> {
    return this.#http.delete(`/flow_runs/${id}`);
  }

  /** Adds labels to a run, or changes those of the same name. */
  label(id: string, labels: Record<string, string>): Promise<void> {
    return this.#http.patch(`/flow_runs/${id}/labels`, labels);
  }

  /** Proposes a state; the answer's `status` is ACCEPT, REJECT, WAIT or ABORT. */
  setState(
    id: string,
    state: ProposedState,
    options: RequestOptions & { force?: boolean } = {},
  ): Promise<OrchestrationResult> {
    const { force = false, ...request } = options;
    return this.#http.post(`/flow_runs/${id}/set_state`, { state, force }, request);
  }

  states(id: string): Promise<State[]> {
    return this.#http.get(`/flow_run_states/?flow_run_id=${id}`);
  }

  /** One page of a run's logs, oldest first unless `sort` says otherwise. */
  logs(
    id: string,
    options: { limit?: number; offset?: number; sort?: "TIMESTAMP_ASC" | "TIMESTAMP_DESC" } = {},
  ): Promise<Log[]> {
    return this.#http.post("/logs/filter", {
      logs: { flow_run_id: { any_: [id] } },
      sort: options.sort ?? "TIMESTAMP_ASC",
      limit: Math.min(options.limit ?? PAGE, PAGE),
      offset: options.offset ?? 0,
    });
  }
}
