import type { FlowRun, JsonObject } from "../../prefect/api-types.ts";
import type { FlowRuns } from "../../prefect/client/flow-runs.ts";
import { retryDelaySeconds } from "../delays.ts";
import type { FlowOptions } from "../flow.ts";

/**
 * Tells the server how often a flow run may be tried, and when again: it is the server that counts a flow's tries
 * (`empirical_policy`). It knows one delay in whole seconds; lists, growing delays and jitter are told anew before each
 * failure, and what is left of a second is waited for here.
 */
export class FlowRunPolicy {
  readonly #options: FlowOptions;
  readonly #flowRun: FlowRun;
  readonly #flowRuns: FlowRuns;
  /** The deployment or the UI may have set one already. */
  readonly #ours: boolean;

  constructor(options: FlowOptions, flowRun: FlowRun, flowRuns: FlowRuns) {
    this.#options = options;
    this.#flowRun = flowRun;
    this.#flowRuns = flowRuns;
    const isSubflow = Boolean(flowRun.parent_task_run_id);
    this.#ours = (options.retries ?? 0) > 0 && (isSubflow || !flowRun.empirical_policy?.retries);
  }

  /** Before the run begins; a subflow run was made with it. */
  async tell(): Promise<void> {
    if (this.#ours && !this.#flowRun.parent_task_run_id)
      await this.#update(this.#flowRun, Math.floor(this.#delay(1)));
  }

  /** Before try `runCount` is told to have failed. Gives the milliseconds to wait beyond what the server knows. */
  async prepareRetry(runCount: number): Promise<number> {
    const { retries = 0, retryDelaySeconds: delay, retryJitterFactor } = this.#options;
    if (!this.#ours || runCount > retries || delay === undefined) return 0;
    const seconds = this.#delay(runCount);
    const whole = Math.floor(seconds);
    // The pauses that a run has had are in the policy too: it must be the newest.
    if (typeof delay !== "number" || retryJitterFactor)
      await this.#update(await this.#flowRuns.read(this.#flowRun.id), whole);
    return (seconds - whole) * 1000;
  }

  #delay(retry: number): number {
    const { retries = 0, retryDelaySeconds: delay = 0, retryJitterFactor: jitter } = this.#options;
    return retryDelaySeconds({ delay, retries, jitter }, retry, Math.random());
  }

  async #update({ empirical_policy }: FlowRun, retry_delay: number): Promise<void> {
    const { retries } = this.#options;
    const policy = { ...(empirical_policy as JsonObject), retries: retries ?? 0, retry_delay };
    await this.#flowRuns.update(this.#flowRun.id, { empirical_policy: policy });
  }
}
