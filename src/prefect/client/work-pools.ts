import type { JsonObject, ScheduledFlowRun, WorkPool, WorkQueue } from "../api-types.ts";
import type { Http, RequestOptions } from "../http/http.ts";

const path = (name: string) => `/work_pools/${encodeURIComponent(name)}`;

const queuePath = (name: string, queue: string) => `${path(name)}/queues/${encodeURIComponent(queue)}`;

export interface CreateWorkPool {
  name: string;
  type: string;
  description?: string;
  is_paused?: boolean;
  concurrency_limit?: number;
  base_job_template?: JsonObject;
}

/** `/work_pools` of a Prefect API: pools, their queues and their workers. */
export class WorkPools {
  #http: Http;

  constructor(http: Http) {
    this.#http = http;
  }

  read(name: string, options: RequestOptions = {}): Promise<WorkPool> {
    return this.#http.get(path(name), options);
  }

  filter(filter: JsonObject = {}): Promise<WorkPool[]> {
    return this.#http.post("/work_pools/filter", filter);
  }

  create(pool: CreateWorkPool): Promise<WorkPool> {
    return this.#http.post("/work_pools/", pool, { makesNew: true });
  }

  update(name: string, changes: JsonObject): Promise<void> {
    return this.#http.patch(path(name), changes);
  }

  queues(name: string, options: RequestOptions = {}): Promise<WorkQueue[]> {
    return this.#http.post(`${path(name)}/queues/filter`, {}, options);
  }

  delete(name: string): Promise<void> {
    return this.#http.delete(path(name));
  }

  createQueue(name: string, queue: string, more: JsonObject = {}): Promise<WorkQueue> {
    return this.#http.post(`${path(name)}/queues`, { name: queue, ...more }, { makesNew: true });
  }

  updateQueue(name: string, queue: string, changes: JsonObject): Promise<void> {
    return this.#http.patch(queuePath(name, queue), changes);
  }

  deleteQueue(name: string, queue: string): Promise<void> {
    return this.#http.delete(queuePath(name, queue));
  }

  /** The pool's workers that sent a heartbeat lately. */
  onlineWorkers(name: string, options: RequestOptions = {}): Promise<{ name: string }[]> {
    const filter = { workers: { status: { any_: ["ONLINE"] } } };
    return this.#http.post(`${path(name)}/workers/filter`, filter, options);
  }

  heartbeat(
    name: string,
    worker: string,
    intervalSeconds: number,
    options: RequestOptions = {},
  ): Promise<void> {
    return this.#http.post(
      `${path(name)}/workers/heartbeat`,
      { name: worker, heartbeat_interval_seconds: intervalSeconds },
      { ...options, retryFor: 0 },
    );
  }

  /** The runs of the pool that are due before a moment (ISO 8601), by queue priority. The server applies all limits. */
  scheduledFlowRuns(
    name: string,
    request: { work_queue_names?: string[]; scheduled_before: string; limit?: number },
    options: RequestOptions = {},
  ): Promise<ScheduledFlowRun[]> {
    return this.#http.post(`${path(name)}/get_scheduled_flow_runs`, request, options);
  }
}
