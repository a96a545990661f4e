import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import type { FlowRun, OrchestrationResult, State } from "./api-types.ts";
import { claimId } from "./claim.ts";
import type { FlowRuns } from "./client/flow-runs.ts";
import { isNotFound } from "./errors.ts";
import type { RequestOptions } from "./http/http.ts";
import { PATIENCE } from "./retry-delay.ts";
import { cancelled, crashed, type ProposedState, running, shortened, state } from "./states.ts";

/** What the server said to a proposed state. */
export type Verdict =
  | { kind: "accepted"; state: State }
  /** The server put another state in its place: obey that one. */
  | { kind: "rejected"; state: State; reason: string }
  /** Leave the run alone. */
  | { kind: "aborted"; reason: string }
  /** The run was deleted. */
  | { kind: "gone" };

/** How long a worker tries to claim a run, in milliseconds. */
const CLAIM_PATIENCE = 30_000;
/** How long an end is offered to a server that refuses our credentials, in milliseconds. */
const UNAUTHORIZED_PATIENCE = 5 * 60_000;
const END = { retryFor: PATIENCE, retryUnauthorizedFor: UNAUTHORIZED_PATIENCE };
/** For so long, in milliseconds, nobody gives up a run that the server has told its process of. */
const CERTAIN = 30_000;

/** The longest, in milliseconds, that is waited before the server is asked again: a timer takes no more than 24 days. */
const DAY = 86_400_000;

/** Limits of one proposal, instead of the usual ones. */
export type Patience = Pick<RequestOptions, "signal" | "retryFor">;

/**
 * The one place that proposes states of one flow run (`POST /flow_runs/{id}/set_state`); each method says what a
 * refusal means. All methods throw `PrefectError` when the server stays away.
 */
export class StateProposer {
  #flowRuns: FlowRuns;
  #id: string;
  #claim: string;
  #claimMessage: string | undefined;
  #isAlone: (() => boolean) | undefined;
  /** The state that the server told of last, and when. */
  #last: string | undefined;
  #heardAt = Date.now();

  /** @param isAlone  for the process of a claimed run: whether its worker, who speaks for it, is gone */
  constructor(flowRuns: FlowRuns, flowRun: FlowRun, isAlone?: () => boolean) {
    this.#flowRuns = flowRuns;
    this.#id = flowRun.id;
    this.#claim = claimId(flowRun);
    this.#isAlone = isAlone;
  }

  /** `Pending` by a worker. Anything but `accepted` means: another worker has or had it, or it may not run now. */
  claim(workerName: string): Promise<Verdict> {
    // The number tells an own claim whose answer was lost from another worker's, which has the same transition_id.
    const message = `Claimed by worker '${workerName}' (${randomUUID().slice(0, 8)})`;
    this.#claimMessage = message;
    return this.#propose(this.#marked(state("PENDING", "Pending", { message })), {
      retryFor: CLAIM_PATIENCE,
    });
  }

  /**
   * After a `claim` that threw: has the run scheduled again, if the server took the claim and only its answer was lost.
   * Nothing of the run has begun then, so that no tag is needed. Waits for the server until `signal` fires.
   */
  async giveBackClaim(signal: AbortSignal): Promise<void> {
    try {
      const { state: now } = await this.#flowRuns.read(this.#id, { retryFor: PATIENCE, signal });
      if (now?.type !== "PENDING" || now.message !== this.#claimMessage) return;
      await this.reschedule("The server's answer to its claim was lost, and it has not begun.");
    } catch (error) {
      if (!isNotFound(error)) throw error;
    }
  }

  /**
   * `Running` by a run. `rejected` holds a Scheduled state (wait for its time), a Paused or a final one; `aborted`: the run
   * was given up meanwhile, and may be another process's.
   */
  async running(signal?: AbortSignal): Promise<Verdict> {
    const options = { retryFor: PATIENCE, ...(signal && { signal }) };
    const reason = await this.#takenAway(options);
    if (reason !== undefined) return { kind: "aborted", reason };
    return this.#propose(running(), options);
  }

  /** `Paused` or `Suspended`. `rejected` with `Running`: this pause was before, and the run has been resumed. */
  paused(pause: ProposedState): Promise<Verdict> {
    return this.#propose(pause, { retryFor: PATIENCE });
  }

  /** The end of a run. `rejected` with `AwaitingRetry` means: run again at that time. */
  async final(end: ProposedState, patience: Patience = END): Promise<Verdict> {
    // A process that could not even begin may be late, too: the run may be another's by now.
    const reason = this.#last === undefined ? await this.#takenAway(patience) : undefined;
    if (reason !== undefined) return { kind: "aborted", reason };
    const marked = this.#marked(end);
    const verdict = await this.#propose(marked, patience);
    if (!this.#isOwnClaim(verdict)) return verdict;
    // Straight from the claim, whose mark the end shares, the server takes it for a duplicate: one step between helps.
    await this.#propose(state("PENDING", "Submitting"), patience);
    return this.#propose(marked, patience);
  }

  /** `Crashed`; `aborted` when the run has already ended, which is then believed. */
  crashed(message: string, patience: Patience = END): Promise<Verdict> {
    return this.final(crashed(message), patience);
  }

  /** `AwaitingRetry` now: any worker may run it again from the start. */
  reschedule(message: string, patience: Patience = END): Promise<Verdict> {
    // Without a time it is due at once by the server's own clock.
    return this.#propose(state("SCHEDULED", "AwaitingRetry", { message }), patience);
  }

  /** `Cancelled`, forced: it ends a `Cancelling` that no rule may hold up. */
  cancelled(message: string, patience: Patience = END): Promise<Verdict> {
    return this.#propose(cancelled(message), { ...patience, force: true });
  }

  /**
   * Why the run is no longer this process's. The server takes `Running` also from `Crashed`, and from another worker's
   * claim: so a process that was not heard of for long looks first.
   */
  async #takenAway(options: Patience): Promise<string | undefined> {
    if (this.#isAlone === undefined) return undefined;
    if (!this.#isAlone() && Math.abs(Date.now() - this.#heardAt) < CERTAIN) return undefined;
    let run: FlowRun;
    try {
      run = await this.#flowRuns.read(this.#id, options);
    } catch (error) {
      // That is told by the proposal.
      if (isNotFound(error)) return undefined;
      throw error;
    }
    // A cancellation comes to the process by another way.
    if (run.state_type === "CANCELLING" || this.#isOurs(run)) return undefined;
    return `the run was given up while this process was preparing or waiting: it is ${run.state_name} now`;
  }

  #isOurs({ state, state_id, state_type }: FlowRun): boolean {
    if (this.#last !== undefined) return state_id === this.#last;
    return state_type === "PENDING" && state?.state_details?.transition_id === this.#claim;
  }

  #marked(proposed: ProposedState): ProposedState {
    return { ...proposed, state_details: { ...proposed.state_details, transition_id: this.#claim } };
  }

  #isOwnClaim(verdict: Verdict): boolean {
    if (verdict.kind !== "rejected" || verdict.state.type !== "PENDING") return false;
    return verdict.state.state_details?.transition_id === this.#claim;
  }

  async #propose(given: ProposedState, options: RequestOptions & { force?: boolean }): Promise<Verdict> {
    const proposed = shortened(given);
    for (;;) {
      let answer: OrchestrationResult;
      try {
        answer = await this.#flowRuns.setState(this.#id, proposed, options);
      } catch (error) {
        if (isNotFound(error)) return { kind: "gone" };
        throw error;
      }
      if (answer.status !== "WAIT") return this.#heard(verdict(answer, proposed));
      const seconds = "delay_seconds" in answer.details ? answer.details.delay_seconds : 1;
      await sleep(Math.min(seconds * 1000, DAY), undefined, options.signal && { signal: options.signal });
    }
  }

  #heard(verdict: Verdict): Verdict {
    if ("state" in verdict) this.#last = verdict.state.id ?? undefined;
    this.#heardAt = Date.now();
    return verdict;
  }
}

function verdict(answer: OrchestrationResult, proposed: ProposedState): Verdict {
  const reason = ("reason" in answer.details && answer.details.reason) || "no reason given";
  if (answer.status === "ABORT" || answer.state === null || answer.state === undefined) {
    return { kind: "aborted", reason };
  }
  if (answer.status === "ACCEPT" || isSame(answer.state, proposed))
    return { kind: "accepted", state: answer.state };
  return { kind: "rejected", state: answer.state, reason };
}

/** Our own proposal, whose first answer was lost on the way: the server shows the state that it made then. */
function isSame(shown: State, proposed: ProposedState): boolean {
  return (
    shown.state_details?.transition_id === proposed.state_details.transition_id &&
    shown.type === proposed.type &&
    (shown.message ?? undefined) === proposed.message
  );
}
