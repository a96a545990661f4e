import type { Http } from "../http/http.ts";

export interface GlobalLimit {
  id: string;
  name: string;
  limit: number;
}

/** `/v2/concurrency_limits` of a Prefect API: global concurrency limits. A limit that is full answers 423, with a time to wait. */
export class ConcurrencyLimits {
  #http: Http;

  constructor(http: Http) {
    this.#http = http;
  }

  /** Takes slots for good: those of a rate limit come back by themselves. */
  take(names: string[], slots: number): Promise<GlobalLimit[]> {
    return this.#http.post("/v2/concurrency_limits/increment", { names, slots, mode: "rate_limit" });
  }

  /** Takes slots for `leaseSeconds` (60 to 86,400), unless the lease is renewed before. Limits that do not exist are left out. */
  lease(
    names: string[],
    slots: number,
    leaseSeconds: number,
    holder?: { type: "flow_run" | "task_run"; id: string },
  ): Promise<{ lease_id: string; limits: GlobalLimit[] }> {
    const body = {
      names,
      slots,
      mode: "concurrency",
      lease_duration: leaseSeconds,
      ...(holder && { holder }),
    };
    return this.#http.post("/v2/concurrency_limits/increment-with-lease", body);
  }

  release(leaseId: string): Promise<void> {
    return this.#http.post("/v2/concurrency_limits/decrement-with-lease", { lease_id: leaseId });
  }
}
