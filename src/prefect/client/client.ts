import type { BlockDocument, Json, JsonObject, LogCreate } from "../api-types.ts";
import type { PrefectError } from "../errors.ts";
import { Http, type RequestOptions } from "../http/http.ts";
import type { OutgoingEvent } from "../outgoing-event.ts";
import type { ApiSettings } from "../settings/settings.ts";
import { ConcurrencyLimits } from "./concurrency-limits.ts";
import { Deployments } from "./deployments.ts";
import { FlowRuns } from "./flow-runs.ts";
import { TaskRuns } from "./task-runs.ts";
import { Variables } from "./variables.ts";
import { WorkPools } from "./work-pools.ts";

export interface ClientOptions {
  /** Milliseconds to go on trying while the server is away, unless a call says otherwise. Default one minute. */
  retryFor?: number;
  /** Told before each further try. `delay` in milliseconds. */
  onRetry?: (error: PrefectError, delay: number) => void;
  /** Told of every request that failed, whether it is tried again or not. */
  onError?: (error: PrefectError) => void;
}

/** A Prefect API, noun by noun. Methods throw `PrefectError`. */
export class PrefectClient {
  readonly apiUrl: string;
  readonly flowRuns: FlowRuns;
  readonly deployments: Deployments;
  readonly workPools: WorkPools;
  readonly taskRuns: TaskRuns;
  readonly variables: Variables;
  readonly concurrencyLimits: ConcurrencyLimits;
  #http: Http;

  constructor(settings: ApiSettings, options: ClientOptions = {}) {
    this.#http = new Http(settings, options);
    this.apiUrl = this.#http.apiUrl;
    this.flowRuns = new FlowRuns(this.#http);
    this.deployments = new Deployments(this.#http);
    this.workPools = new WorkPools(this.#http);
    this.taskRuns = new TaskRuns(this.#http);
    this.variables = new Variables(this.#http);
    this.concurrencyLimits = new ConcurrencyLimits(this.#http);
  }

  /** The time by the server's clock, in milliseconds since 1970, as far as its answers tell. */
  get serverTime(): number {
    return this.#http.serverTime;
  }

  /** Since when the server has answered without a break, in milliseconds by this machine's clock; undefined: it does not. */
  get inContactSince(): number | undefined {
    return this.#http.inContactSince;
  }

  /** The server's version, like `3.8.8`. Also shows that address and credentials are right. */
  version(): Promise<string> {
    return this.#http.get("/admin/version");
  }

  sendLogs(logs: LogCreate[], options: Pick<RequestOptions, "retryFor"> = {}): Promise<void> {
    return this.#http.post("/logs/", logs, options);
  }

  /** Records events without a socket. */
  emitEvents(events: OutgoingEvent[], options: Pick<RequestOptions, "retryFor"> = {}): Promise<void> {
    return this.#http.post("/events", events, options);
  }

  /** The newest 50 events that a filter lets through. */
  async filterEvents(
    filter: JsonObject,
    options: RequestOptions = {},
  ): Promise<{ id: string; event: string; occurred: string }[]> {
    const page = await this.#http.post<{ events: { id: string; event: string; occurred: string }[] }>(
      "/events/filter",
      { filter, limit: 50 },
      options,
    );
    return page.events;
  }

  /** Keeps a concurrency slot for so many seconds more. */
  renewLease(id: string, seconds: number): Promise<void> {
    return this.#http.post(`/v2/concurrency_limits/leases/${id}/renew`, { lease_duration: seconds });
  }

  createArtifact(artifact: JsonObject): Promise<{ id: string }> {
    return this.#http.post("/artifacts/", artifact);
  }

  updateArtifact(id: string, changes: JsonObject): Promise<void> {
    return this.#http.patch(`/artifacts/${id}`, changes);
  }

  /** The value of a variable, or undefined when there is none of that name. */
  variable(name: string): Promise<Json | undefined> {
    return this.variables.read(name);
  }

  /** A block document with its secrets readable. */
  block(type: string, name: string): Promise<BlockDocument> {
    const slug = encodeURIComponent(type);
    return this.#http.get(
      `/block_types/slug/${slug}/block_documents/name/${encodeURIComponent(name)}?include_secrets=true`,
    );
  }

  blockById(id: string): Promise<BlockDocument> {
    return this.#http.get(`/block_documents/${id}?include_secrets=true`);
  }

  close(): Promise<void> {
    return this.#http.close();
  }
}
