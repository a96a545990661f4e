import type { FlowRun, JsonObject } from "../../prefect/api-types.ts";
import type { FlowRuns } from "../../prefect/client/flow-runs.ts";
import { policyDelays, retryDelaySeconds } from "../delays.ts";
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
    const policy = flowRun.empirical_policy;
    this.#ours = (options.retries ?? 0) > 0 && (isSubflow || !policy?.retries || isOwn(options, policy));
  }

  /** Before the run begins; a subflow run was made with it, and one that was resumed has it. */
  async tell(): Promise<void> {
    if (this.#ours && !this.#flowRun.empirical_policy?.retries)
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

/**
 * Whether a policy is one that this flow would tell: a run that was suspended, or is tried again from the UI, comes to a
 * new process with what the one before told.
 */
export function isOwn(
  { retries = 0, retryDelaySeconds: delay = 0, retryJitterFactor: jitter = 0 }: FlowOptions,
  policy: { retries?: number | null | undefined; retry_delay?: number | null | undefined },
): boolean {
  const told = policy.retry_delay ?? 0;
  if (policy.retries !== retries) return false;
  const delays = [policyDelays(delay, retries)].flat();
  return delays.some(
    (seconds) =>
      told >= Math.floor(Math.max(0, seconds * (1 - jitter))) && told <= Math.floor(seconds * (1 + jitter)),
  );
}
