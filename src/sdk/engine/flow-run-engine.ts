import { setTimeout as sleep } from "node:timers/promises";
import type { FlowRun, JsonObject, State } from "../../prefect/api-types.ts";
import type { PrefectClient } from "../../prefect/client/client.ts";
import type { StateProposer, Verdict } from "../../prefect/state-proposer.ts";
import { isFinal } from "../../prefect/states.ts";
import { inScope } from "../context.ts";
import type { Flow } from "../flow.ts";
import { callHooks } from "../hooks.ts";
import { type LevelName, levels, type Recorder } from "../recorder/recorder.ts";
import { describeError } from "./describe-error.ts";
import { holdLease, startHeartbeat } from "./keep-alive.ts";
import { flowRunScope, runFlowFunction } from "./run-flow-function.ts";

/** How a run ended, as the server has it; or why it was left alone. */
export type FlowRunOutcome =
  | { kind: "ended"; stateType: string; stateName: string; message: string }
  | { kind: "left"; reason: string };

export interface FlowRunExecution {
  flow: Flow;
  flowRun: FlowRun;
  client: Pick<PrefectClient, "flowRuns" | "emitEvents" | "renewLease">;
  proposer: StateProposer;
  recorder: Recorder;
  /** Resolves when everything recorded so far is with the server. */
  flush: () => Promise<void>;
  /** Fires with a `CancelledError` when the run is to end. */
  signal: AbortSignal;
  /** Milliseconds that a cancelled flow has to put things in order. */
  cancelGrace: number;
  heartbeatSeconds: number;
}

/**
 * Takes one flow run from `Pending` to its end on the server: `Running`, parameters, the flow's function, final state.
 * Retries are the server's: it answers `Failed` with `AwaitingRetry`, and the run is run again here at that time.
 */
export class FlowRunEngine {
  #execution: FlowRunExecution;

  constructor(execution: FlowRunExecution) {
    this.#execution = execution;
  }

  async execute(): Promise<FlowRunOutcome> {
    const { flow, flowRun } = this.#execution;
    await this.#tellRetries();
    for (;;) {
      const running = await this.#untilRunning();
      if ("kind" in running) return running;
      this.#log("info", `Beginning flow run '${flowRun.name}' for flow '${flow.options.name}'`);
      await this.callHooks("RUNNING", "Running", "");
      const next = await this.#runOnce(running);
      if (next !== "again") return next;
    }
  }

  /** Calls the flow's hooks for a state. */
  callHooks(type: string, name: string, message: string): Promise<void> {
    const { flow, flowRun } = this.#execution;
    const run = { ...identity(flowRun), flowName: flow.options.name };
    const onError = (hook: string, error: unknown) =>
      this.#log("error", `Hook '${hook}' failed: ${describeError(error).stack}`);
    return inScope({ flowRun: flowRunScope({ ...this.#execution, flowRun: identity(flowRun) }) }, () =>
      callHooks(flow.options, run, { type, name, message }, onError),
    );
  }

  /** The server counts a flow's tries, so it must know how many there may be (`empirical_policy`). */
  async #tellRetries(): Promise<void> {
    const { flow, flowRun, client } = this.#execution;
    const { retries, retryDelaySeconds = 0 } = flow.options;
    if (retries === undefined || retries === 0 || flowRun.empirical_policy?.retries) return;
    const policy = { ...(flowRun.empirical_policy as JsonObject), retries, retry_delay: retryDelaySeconds };
    await client.flowRuns.update(flowRun.id, { empirical_policy: policy });
  }

  /** Proposes `Running` until the server accepts it; a Scheduled state in its place is waited for. */
  async #untilRunning(): Promise<State | FlowRunOutcome> {
    const { proposer, signal } = this.#execution;
    for (;;) {
      if (signal.aborted) return this.#ended(await proposer.cancelled(reasonOf(signal)), "CANCELLED");
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

  async #runOnce(running: State): Promise<FlowRunOutcome | "again"> {
    const { flow, flowRun, client, recorder, cancelGrace, heartbeatSeconds, proposer, flush } =
      this.#execution;
    const lost = new AbortController();
    using held = new DisposableStack();
    held.use(startHeartbeat(client, flowRun, heartbeatSeconds));
    const lease = running.state_details?.deployment_concurrency_lease_id;
    if (lease) held.use(holdLease(client, lease, (error) => lost.abort(error)));
    const final = await runFlowFunction({
      flow,
      flowRun: identity(flowRun),
      recorder,
      cancelGrace,
      signal: AbortSignal.any([this.#execution.signal, lost.signal]),
      log: (level, message) => this.#log(level, message),
    });
    // What the run said must be on the server before its end is.
    await flush();
    const verdict = await proposer.final(final);
    if (verdict.kind === "rejected" && verdict.state.type === "SCHEDULED") {
      this.#log(
        "info",
        `Received non-final state ${verdict.state.name} when proposing ${final.name}: ${verdict.reason}`,
      );
      await this.#untilScheduled(verdict.state);
      return "again";
    }
    const outcome = this.#ended(verdict, final.type);
    if (outcome.kind === "ended") await this.callHooks(outcome.stateType, outcome.stateName, outcome.message);
    await flush();
    return outcome;
  }

  #ended(verdict: Verdict, proposed: string): FlowRunOutcome {
    if (verdict.kind === "gone") return { kind: "left", reason: "the flow run was deleted" };
    if (verdict.kind === "aborted")
      return { kind: "left", reason: `${proposed} was refused: ${verdict.reason}` };
    const { type, name, message } = verdict.state;
    if (!isFinal(type)) return { kind: "left", reason: `the server holds the run in state ${name}` };
    return { kind: "ended", stateType: type, stateName: name ?? type, message: message ?? "" };
  }

  async #untilScheduled(scheduled: State): Promise<void> {
    const at = Date.parse(scheduled.state_details?.scheduled_time ?? scheduled.timestamp ?? "");
    const { signal } = this.#execution;
    // A cancellation ends the wait; whoever proposes the next state sees it.
    await sleep(Math.max(0, at - Date.now()), undefined, { signal }).catch(() => undefined);
  }

  #log(level: LevelName, message: string): void {
    const { recorder } = this.#execution;
    recorder.log({ level: levels[level], message, name: "prefect.flow_runs", timestamp: new Date() });
  }
}

function identity(flowRun: FlowRun) {
  return { id: flowRun.id, name: flowRun.name ?? flowRun.id, parameters: flowRun.parameters };
}

function reasonOf(signal: AbortSignal): string {
  return signal.reason instanceof Error ? signal.reason.message : String(signal.reason);
}
