import type { FlowRun, JsonObject, Log, OrchestrationResult, State } from "../api-types.ts";
import { isNotFound } from "../errors.ts";
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

export interface CreateSubflowRun {
  flow_id: string;
  parameters: JsonObject;
  /** The task run that stands for it in the parent's flow run. */
  parent_task_run_id: string;
  tags: string[];
  empirical_policy: JsonObject;
  state: ProposedState;
}

/** `/flow_runs` and `/logs` of a Prefect API. */
export class FlowRuns {
  #http: Http;

  constructor(http: Http) {
    this.#http = http;
  }

  /** Makes a run of a flow, without a deployment: a subflow run. */
  create(run: CreateSubflowRun): Promise<FlowRun> {
    return this.#http.post("/flow_runs/", run);
  }

  read(id: string, options: RequestOptions = {}): Promise<FlowRun> {
    return this.#http.get(`/flow_runs/${id}`, options);
  }

  filter(filter: FlowRunFilter, options: RequestOptions = {}): Promise<FlowRun[]> {
    return this.#http.post("/flow_runs/filter", filter, options);
  }

  count(filter: JsonObject, options: RequestOptions = {}): Promise<number> {
    return this.#http.post("/flow_runs/count", filter, options);
  }

  update(id: string, changes: JsonObject, options: RequestOptions = {}): Promise<void> {
    return this.#http.patch(`/flow_runs/${id}`, changes, options);
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

  /** Resumes a paused or suspended run. `REJECT` says why its input is not good. */
  resume(id: string, runInput?: JsonObject): Promise<OrchestrationResult> {
    return this.#http.post(`/flow_runs/${id}/resume`, runInput === undefined ? {} : { run_input: runInput });
  }

  /** Keeps a JSON value with a run, under a key: the schema of an input that it waits for. */
  async createInput(id: string, key: string, value: unknown): Promise<void> {
    await this.#http.post(`/flow_runs/${id}/input`, { key, value: JSON.stringify(value) });
  }

  /** What was kept under a key, or undefined. */
  async readInput(id: string, key: string): Promise<unknown> {
    try {
      return await this.#http.get(`/flow_runs/${id}/input/${encodeURIComponent(key)}`);
    } catch (error) {
      if (isNotFound(error)) return undefined;
      throw error;
    }
  }

  states(id: string, options: RequestOptions = {}): Promise<State[]> {
    return this.#http.get(`/flow_run_states/?flow_run_id=${id}`, options);
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
