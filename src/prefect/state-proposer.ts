import { setTimeout as sleep } from "node:timers/promises";
import type { OrchestrationResult, State } from "./api-types.ts";
import type { FlowRuns } from "./client/flow-runs.ts";
import { isNotFound } from "./errors.ts";
import { cancelled, crashed, type ProposedState, pending, running } from "./states.ts";

/** What the server said to a proposed state. */
export type Verdict =
  | { kind: "accepted"; state: State }
  /** The server put another state in its place: obey that one. */
  | { kind: "rejected"; state: State; reason: string }
  /** Leave the run alone. */
  | { kind: "aborted"; reason: string }
  /** The run was deleted. */
  | { kind: "gone" };

/** How long a final state is offered to a server that is away, in milliseconds. */
const FINAL_RETRY = 60 * 60_000;

/**
 * The one place that proposes states (`POST /flow_runs/{id}/set_state`); each method says what a refusal means.
 * All methods throw `PrefectError` when the server stays away.
 */
export class StateProposer {
  #flowRuns: FlowRuns;

  constructor(flowRuns: FlowRuns) {
    this.#flowRuns = flowRuns;
  }

  /** `Pending` by a worker. Anything but `accepted` means: another worker has it, or it may not run now. */
  pending(id: string, signal?: AbortSignal): Promise<Verdict> {
    return this.#propose(id, pending(), { retryFor: 30_000, ...(signal && { signal }) });
  }

  /** `Running` by a run. `rejected` holds a Scheduled state (wait for its time), a Paused or a final one. */
  running(id: string, signal?: AbortSignal): Promise<Verdict> {
    return this.#propose(id, running(), { retryFor: FINAL_RETRY, ...(signal && { signal }) });
  }

  /** The end of a run. `rejected` with `AwaitingRetry` means: run again at that time. */
  final(id: string, state: ProposedState): Promise<Verdict> {
    return this.#propose(id, state, { retryFor: FINAL_RETRY });
  }

  /** `Crashed`; refused when the run has already ended, which is then believed. */
  crashed(id: string, message: string): Promise<Verdict> {
    return this.#propose(id, crashed(message), { retryFor: FINAL_RETRY });
  }

  /** `Cancelled`, forced: it ends a `Cancelling` that no rule may hold up. */
  cancelled(id: string, message: string): Promise<Verdict> {
    return this.#propose(id, cancelled(message), { retryFor: FINAL_RETRY, force: true });
  }

  async #propose(
    id: string,
    state: ProposedState,
    options: { retryFor: number; force?: boolean; signal?: AbortSignal },
  ): Promise<Verdict> {
    for (;;) {
      let answer: OrchestrationResult;
      try {
        answer = await this.#flowRuns.setState(id, state, options);
      } catch (error) {
        if (isNotFound(error)) return { kind: "gone" };
        throw error;
      }
      if (answer.status !== "WAIT") return verdict(answer, state);
      const seconds = "delay_seconds" in answer.details ? answer.details.delay_seconds : 1;
      await sleep(seconds * 1000, undefined, options.signal && { signal: options.signal });
    }
  }
}

function verdict(answer: OrchestrationResult, proposed: ProposedState): Verdict {
  const reason = ("reason" in answer.details && answer.details.reason) || "no reason given";
  if (answer.status === "ABORT" || answer.state === null || answer.state === undefined) {
    return { kind: "aborted", reason };
  }
  if (answer.status === "ACCEPT") return { kind: "accepted", state: answer.state };
  // Our own proposal, whose first answer was lost on the way: the server shows the state it made then.
  if (answer.state.state_details?.transition_id === proposed.state_details.transition_id) {
    return { kind: "accepted", state: answer.state };
  }
  return { kind: "rejected", state: answer.state, reason };
}
