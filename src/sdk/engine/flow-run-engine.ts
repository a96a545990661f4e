import { setImmediate as turn } from "node:timers/promises";
import type { FlowRun, State as ServerState } from "../../prefect/api-types.ts";
import type { PrefectClient } from "../../prefect/client/client.ts";
import type { StateProposer, Verdict } from "../../prefect/state-proposer.ts";
import { isFinal } from "../../prefect/states.ts";
import { type FlowRunScope, inScope } from "../context.ts";
import type { Flow } from "../flow.ts";
import { callHooks, hookState, hookStateTypes } from "../hooks.ts";
import { checkedOrGiven, checkParameters } from "../parameters.ts";
import { type LevelName, levels, type Recorder } from "../recorder/recorder.ts";
import type { State } from "../states.ts";
import { abortableSleep } from "./abortable-sleep.ts";
import { describeError } from "./describe-error.ts";
import { flowRunName } from "./flow-run-name.ts";
import { FlowRunPolicy } from "./flow-run-policy.ts";
import { flowRunScope } from "./flow-run-scope.ts";
import { hookSignal } from "./hook-signal.ts";
import { holdLease, startHeartbeat } from "./keep-alive.ts";
import { toPropose } from "./propose.ts";
import { runFlowFunction } from "./run-flow-function.ts";
import { Suspension } from "./suspension.ts";

/** How a run ended, as the server has it; or why it was left alone. */
export type FlowRunOutcome =
  | { kind: "ended"; stateType: string; stateName: string; message: string }
  | { kind: "left"; reason: string };

export interface FlowRunExecution {
  flow: Flow;
  flowRun: FlowRun;
  /** What the flow was called with in this process; by default what the server has. */
  parameters?: unknown;
  client: Pick<PrefectClient, "flowRuns" | "emitEvents" | "renewLease" | "serverTime">;
  proposer: StateProposer;
  recorder: Recorder;
  /** Resolves when everything recorded so far is with the server. */
  flush: () => Promise<void>;
  /** Called right before the end of the run is proposed: what was logged last should be on its way by then. */
  settle: () => void;
  /** Called when the server has answered to that end. */
  release: () => void;
  /** Fires with a `CancelledError` when the run is to end. */
  signal: AbortSignal;
  /** By which others suspend the run; of a subflow run its parent's. */
  suspension?: Suspension;
  /** Milliseconds that a cancelled flow has to put things in order. */
  cancelGrace: number;
  heartbeatSeconds: number;
}

/** The share of the cancel grace that hooks have in any case. */
const LEAST_FOR_HOOKS = 0.2;

const suspended: FlowRunOutcome = { kind: "left", reason: "the flow run is suspended" };

/**
 * Takes one flow run from `Pending` to its end on the server: `Running`, parameters, the flow's function, final state.
 * Retries are the server's: it answers `Failed` with `AwaitingRetry`, and the run is run again here at that time.
 */
export class FlowRunEngine {
  readonly #execution: FlowRunExecution;
  readonly #policy: FlowRunPolicy;
  readonly #suspension: Suspension;
  /** Tries, the present one included; a resumed run has some behind it. */
  #runCount: number;
  /** By `performance.now()`. */
  #cancelledAt: number | undefined;
  #scope: FlowRunScope | undefined;
  #crashing = false;
  #isEnding = false;
  #state: State | undefined;

  constructor(execution: FlowRunExecution) {
    this.#execution = execution;
    this.#suspension = execution.suspension ?? new Suspension();
    this.#policy = new FlowRunPolicy(execution.flow.options, execution.flowRun, execution.client.flowRuns);
    this.#runCount = execution.flowRun.run_count ?? 0;
  }

  /** The state that the flow's function ended in, with its result or its error. */
  get state(): State | undefined {
    return this.#state;
  }

  async execute(): Promise<FlowRunOutcome> {
    const { flow, flowRun, signal } = this.#execution;
    const note = () => {
      this.#cancelledAt = performance.now();
    };
    signal.addEventListener("abort", note, { once: true });
    using held = new DisposableStack();
    held.defer(() => signal.removeEventListener("abort", note));
    await this.#policy.tell();
    await this.#rename();
    for (;;) {
      const running = await this.#untilRunning();
      if ("kind" in running) return running;
      this.#runCount += 1;
      flowRun.start_time ??= running.timestamp ?? null;
      const what = flowRun.parent_task_run_id ? "subflow" : "flow";
      this.#log("info", `Beginning ${what} run '${flowRun.name}' for flow '${flow.options.name}'`);
      await this.callHooks("RUNNING", "Running", "");
      const next = await this.#runOnce(running);
      if (next !== "again") return next;
    }
  }

  /** Calls the flow's hooks for a state. */
  async callHooks(type: string, name: string, message: string): Promise<void> {
    const { flow, flowRun, signal, cancelGrace } = this.#execution;
    if (!hookStateTypes(flow.options).includes(type)) return;
    const { id, name: runName } = flowRun;
    const parameters = checkedOrGiven(flow.options, this.#parameters);
    const run = { id, name: runName ?? id, parameters, flowName: flow.options.name };
    // A flow may have used up its grace: what its hooks have in any case is taken from the time to tell the server.
    const passed = performance.now() - (this.#cancelledAt ?? performance.now());
    using time = hookSignal(signal, Math.max(cancelGrace - passed, cancelGrace * LEAST_FOR_HOOKS));
    const onError = (hook: string, error: unknown) =>
      this.#log("error", `Hook '${hook}' failed: ${describeError(error).stack}`);
    const place = `${type} ${this.#runCount} `;
    await inScope({ flowRun: { ...this.#newScope(time.signal), parameters, place } }, () =>
      callHooks(flow.options, run, hookState(this.#state, { type, name, message }), onError),
    );
  }

  /**
   * Whether the run has its end: its function has failed or was suspended, or the end is being told. What goes wrong from then on
   * in what it has left behind is no reason for another one.
   */
  get isEnding(): boolean {
    return this.#isEnding || this.#scope?.open.closed !== undefined;
  }

  /** What has begun and not ended ends with its process: task runs, and subflow runs with theirs. */
  async crashOpenRuns(message: string): Promise<void> {
    this.#crashing = true;
    await this.#scope?.open.crash(message);
  }

  /** Ends the run as `Crashed`, and what it has begun. */
  async crash(message: string): Promise<void> {
    await this.crashOpenRuns(message);
    await this.#execution.proposer.crashed(message);
  }

  /** By the flow's `flowRunName`. Parameters that are wrong are told later, as the run's failure. */
  async #rename(): Promise<void> {
    const { flow, flowRun, client, recorder } = this.#execution;
    if (flow.options.flowRunName === undefined) return;
    try {
      const name = flowRunName(flow.options, checkParameters(flow.options, this.#parameters ?? {}));
      if (name === undefined || name === flowRun.name) return;
      await client.flowRuns.update(flowRun.id, { name });
      flowRun.name = name;
      const own = recorder.server?.related.find((one) => one["prefect.resource.role"] === "flow-run");
      if (own !== undefined) own["prefect.resource.name"] = name;
    } catch (error) {
      this.#log("warn", `The run keeps its name: ${describeError(error).message}`);
    }
  }

  /** Proposes `Running` until the server accepts it; a Scheduled state in its place is waited for. */
  async #untilRunning(): Promise<ServerState | FlowRunOutcome> {
    const { proposer, signal } = this.#execution;
    for (;;) {
      if (this.#suspension.requested) return suspended;
      if (signal.aborted)
        return this.#endedWithHooks(await proposer.cancelled(reasonOf(signal)), "CANCELLED");
      const verdict = await proposer.running(signal);
      if (verdict.kind === "accepted") return verdict.state;
      if (verdict.kind === "gone") return { kind: "left", reason: "the flow run was deleted" };
      if (verdict.kind === "aborted") return { kind: "left", reason: verdict.reason };
      if (verdict.state.type !== "SCHEDULED") {
        return {
          kind: "left",
          reason: `the server answered ${verdict.state.name} to Running: ${verdict.reason}`,
        };
      }
      this.#log("info", `The server put the run in state ${verdict.state.name}: ${verdict.reason}`);
      await this.#untilScheduled(verdict.state);
    }
  }

  async #runOnce(running: ServerState): Promise<FlowRunOutcome | "again"> {
    const { flow, flowRun, client, heartbeatSeconds, proposer, flush, settle, release } = this.#execution;
    const lost = new AbortController();
    using held = new DisposableStack();
    held.use(startHeartbeat(client, flowRun, heartbeatSeconds));
    const lease = running.state_details?.deployment_concurrency_lease_id;
    // The server takes the slot of a suspended run back: what it has begun may end without.
    const onLost = (error: Error) => this.#suspension.requested || lost.abort(error);
    if (lease) held.use(holdLease(client, lease, onLost));
    this.#scope = this.#newScope(AbortSignal.any([this.#execution.signal, lost.signal]));
    const { open } = this.#scope;
    const close = () => open.close("The flow was suspended before it was this task's turn.");
    this.#suspension.signal.addEventListener("abort", close, { once: true });
    held.defer(() => this.#suspension.signal.removeEventListener("abort", close));
    const final = await runFlowFunction(flow, this.#scope, (level, message) => this.#log(level, message));
    if (final === "suspended") {
      await flush();
      return suspended;
    }
    this.#state = final;
    // What was not awaited, and has failed, is known to Node only when its loop turns: it ends the run as Crashed.
    await turn();
    if (this.#crashing) return { kind: "left", reason: "the flow run crashed" };
    this.#isEnding = true;
    const extra = final.isFailed() ? await this.#policy.prepareRetry(this.#runCount) : 0;
    // What the run said goes first and its end right behind, without waiting for the answer. The server records task runs
    // later than it gets their events, so these would only hold it up.
    settle();
    const verdict = await proposer.final(toPropose(final)).finally(release);
    if (verdict.kind === "rejected" && verdict.state.type === "SCHEDULED") {
      this.#log(
        "info",
        `Received non-final state ${verdict.state.name} when proposing ${final.name}: ${verdict.reason}`,
      );
      this.#isEnding = false;
      await this.#untilScheduled(verdict.state, extra);
      return "again";
    }
    const outcome = await this.#endedWithHooks(verdict, final.type);
    await flush();
    return outcome;
  }

  async #endedWithHooks(verdict: Verdict, proposed: string): Promise<FlowRunOutcome> {
    const outcome = this.#ended(verdict, proposed);
    if (outcome.kind === "ended") await this.callHooks(outcome.stateType, outcome.stateName, outcome.message);
    return outcome;
  }

  get #parameters(): unknown {
    return this.#execution.parameters ?? this.#execution.flowRun.parameters;
  }

  #newScope(signal: AbortSignal): FlowRunScope {
    const { flow, flowRun, recorder, cancelGrace } = this.#execution;
    return flowRunScope({
      flowName: flow.options.name,
      flowRunId: flowRun.id,
      flowRunName: flowRun.name ?? flowRun.id,
      parameters: this.#parameters,
      runCount: this.#runCount,
      logPrints: flow.options.logPrints,
      resultOptions: flow.options,
      recorder,
      signal,
      suspension: this.#suspension,
      cancelGrace,
    });
  }

  #ended(verdict: Verdict, proposed: string): FlowRunOutcome {
    if (verdict.kind === "gone") return { kind: "left", reason: "the flow run was deleted" };
    if (verdict.kind === "aborted")
      return { kind: "left", reason: `${proposed} was refused: ${verdict.reason}` };
    const { type, name, message } = verdict.state;
    if (!isFinal(type)) return { kind: "left", reason: `the server holds the run in state ${name}` };
    return { kind: "ended", stateType: type, stateName: name ?? type, message: message ?? "" };
  }

  /** @param extra  milliseconds that the server cannot count */
  async #untilScheduled(scheduled: ServerState, extra = 0): Promise<void> {
    const at = Date.parse(scheduled.state_details?.scheduled_time ?? scheduled.timestamp ?? "") + extra;
    const { client } = this.#execution;
    // A cancellation or suspension ends the wait; whoever proposes the next state sees it.
    const signal = AbortSignal.any([this.#execution.signal, this.#suspension.signal]);
    await abortableSleep(Math.max(0, at - client.serverTime) / 1000, signal).catch(() => undefined);
  }

  #log(level: LevelName, message: string): void {
    const { recorder } = this.#execution;
    recorder.log({ level: levels[level], message, name: "prefect.flow_runs", timestamp: new Date() });
  }
}

function reasonOf(signal: AbortSignal): string {
  return signal.reason instanceof Error ? signal.reason.message : String(signal.reason);
}
