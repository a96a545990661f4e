import type { Http } from "../http/http.ts";
import type { ProposedState } from "../states.ts";

export interface CreateTaskRun {
  flow_run_id: string;
  name: string;
  task_key: string;
  /** Tells calls of one task in a flow run apart: asked twice with one, the server gives the task run that it has. */
  dynamic_key: string;
  state: ProposedState;
  tags?: string[];
  task_inputs: Record<string, unknown[]>;
}

/** `/task_runs` of a Prefect API, for those that stand for a flow run inside another one. */
export class TaskRuns {
  #http: Http;

  constructor(http: Http) {
    this.#http = http;
  }

  create(taskRun: CreateTaskRun): Promise<{ id: string }> {
    return this.#http.post("/task_runs/", taskRun);
  }
}
