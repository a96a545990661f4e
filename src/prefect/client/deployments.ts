import type { Deployment, DeploymentCreate, Flow, FlowRun, JsonObject } from "../api-types.ts";
import type { Http, RequestOptions } from "../http/http.ts";
import type { ProposedState } from "../states.ts";

export interface CreateFlowRun {
  name?: string;
  parameters?: JsonObject;
  tags?: string[];
  job_variables?: JsonObject;
  work_queue_name?: string;
  /** The task run of a parent flow run that stands for this run. */
  parent_task_run_id?: string;
  /** Asked twice with one key, the server gives the run that it made the first time. */
  idempotency_key: string;
  state: ProposedState & { state_details: { scheduled_time?: string } };
}

/** `/deployments` and `/flows` of a Prefect API. */
export class Deployments {
  #http: Http;

  constructor(http: Http) {
    this.#http = http;
  }

  read(id: string, options: RequestOptions = {}): Promise<Deployment> {
    return this.#http.get(`/deployments/${id}`, options);
  }

  /** Reads a deployment by `flow name/deployment name`. */
  readByName(flowName: string, deploymentName: string): Promise<Deployment> {
    return this.#http.get(
      `/deployments/name/${encodeURIComponent(flowName)}/${encodeURIComponent(deploymentName)}`,
    );
  }

  /** Automations that act on the deployment. */
  automations(id: string): Promise<JsonObject[]> {
    return this.#http.get(`/automations/related-to/prefect.deployment.${id}`);
  }

  filter(filter: JsonObject = {}): Promise<Deployment[]> {
    return this.#http.post("/deployments/filter", filter);
  }

  /** Creates the deployment, or updates the one of that flow and name. */
  create(deployment: DeploymentCreate): Promise<Deployment> {
    return this.#http.post("/deployments/", deployment);
  }

  /** Changes the fields given; all others keep their value. */
  update(id: string, changes: JsonObject): Promise<void> {
    return this.#http.patch(`/deployments/${id}`, changes);
  }

  createFlowRun(id: string, run: CreateFlowRun): Promise<FlowRun> {
    return this.#http.post(`/deployments/${id}/create_flow_run`, run);
  }

  readFlow(id: string): Promise<Flow> {
    return this.#http.get(`/flows/${id}`);
  }

  /** Creates the flow, or gives the one of that name. */
  createFlow(name: string): Promise<Flow> {
    return this.#http.post("/flows/", { name });
  }

  filterFlows(filter: JsonObject): Promise<Flow[]> {
    return this.#http.post("/flows/filter", filter);
  }
}
