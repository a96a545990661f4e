import { setTimeout as sleep } from "node:timers/promises";
import type { FlowRun, JsonObject, State } from "../../prefect/api-types.ts";
import type { FlowRuns } from "../../prefect/client/flow-runs.ts";
import type { StateProposer, Verdict } from "../../prefect/state-proposer.ts";
import { cancelled, completed, failed, isFinal, type ProposedState, state } from "../../prefect/states.ts";
import { CancelledError } from "../cancellation.ts";
import { inScope } from "../context.ts";
import type { Flow } from "../flow.ts";
import { checkParameters, ParameterError } from "../parameters.ts";
import { type LevelName, levels, type Recorder } from "../recorder/recorder.ts";
import { RunTimeoutError, withTimeout } from "../timeout.ts";
import { describeError } from "./describe-error.ts";

/** How a run ended, as the server has it; or why it was left alone. */
export type FlowRunOutcome =
  | { kind: "ended"; stateType: string; stateName: string; message: string }
  | { kind: "left"; reason: string };

export interface FlowRunExecution {
  flow: Flow;
  flowRun: FlowRun;
  flowRuns: Pick<FlowRuns, "update">;
  proposer: StateProposer;
  recorder: Recorder;
  /** Resolves when everything recorded so far is with the server. */
  flush: () => Promise<void>;
  /** Fires with a `CancelledError` when the run is to end. */
  signal: AbortSignal;
}

/**
 * Takes one flow run from `Pending` to its end on the server: `Running`, parameters, the flow's function, final state.
 * Retries are the server's: it answers `Failed` with `AwaitingRetry`, and the run is run again here at that time.
 */
export async function executeFlowRun(execution: FlowRunExecution): Promise<FlowRunOutcome> {
  const { flow, flowRun, proposer, recorder, signal } = execution;
  const log = (level: LevelName, message: string) =>
    recorder.log({ level: levels[level], message, name: "prefect.flow_runs", timestamp: new Date() });
  await tellRetries(execution);
  for (;;) {
    const refused = await untilRunning(execution, log);
    if (refused !== undefined) return refused;
    log("info", `Beginning flow run '${flowRun.name}' for flow '${flow.options.name}'`);
    const final = await runOnce(execution, log);
    // What the run said must be on the server before its end is.
    await execution.flush();
    const verdict = await proposer.final(final);
    const next = await afterFinal(verdict, final, signal, log);
    if (next !== "again") {
      await execution.flush();
      return next;
    }
  }
}

/** The server counts a flow's tries, so it must know how many there may be (`empirical_policy`). */
async function tellRetries({ flow, flowRun, flowRuns }: FlowRunExecution): Promise<void> {
  const { retries, retryDelaySeconds = 0 } = flow.options;
  if (retries === undefined || retries === 0 || flowRun.empirical_policy?.retries) return;
  await flowRuns.update(flowRun.id, {
    empirical_policy: {
      ...(flowRun.empirical_policy as JsonObject),
      retries,
      retry_delay: retryDelaySeconds,
    },
  });
}

/** Proposes `Running` until the server accepts it; a Scheduled state in its place is waited for. */
async function untilRunning(
  { proposer, signal }: FlowRunExecution,
  log: (level: LevelName, message: string) => void,
): Promise<FlowRunOutcome | undefined> {
  for (;;) {
    if (signal.aborted) return ended(await proposer.cancelled(cancelText(signal)), "CANCELLED");
    const verdict = await proposer.running(signal);
    if (verdict.kind === "accepted") return undefined;
    if (verdict.kind === "gone") return { kind: "left", reason: "the flow run was deleted" };
    if (verdict.kind === "aborted") return { kind: "left", reason: verdict.reason };
    if (verdict.state.type !== "SCHEDULED") {
      return {
        kind: "left",
        reason: `the server answered ${verdict.state.name} to Running: ${verdict.reason}`,
      };
    }
    log("info", `The server put the run in state ${verdict.state.name}: ${verdict.reason}`);
    await untilScheduled(verdict.state, signal);
  }
}

async function runOnce(
  { flow, flowRun, recorder, signal: outer }: FlowRunExecution,
  log: (level: LevelName, message: string) => void,
): Promise<ProposedState> {
  const { options } = flow;
  try {
    const parameters = checkParameters(options, flowRun.parameters ?? {});
    await withTimeout(`Flow "${options.name}"`, options.timeoutSeconds, outer, (signal) => {
      const flowRunName = flowRun.name ?? flowRun.id;
      const scope = {
        flowName: options.name,
        flowRunId: flowRun.id,
        flowRunName,
        parameters,
        signal,
        logPrints: options.logPrints ?? false,
        recorder,
        taskCalls: new Map<string, number>(),
      };
      return inScope({ flowRun: scope }, async () =>
        flow.fn(parameters, { signal, flowRunId: flowRun.id, flowRunName }),
      );
    });
    log("info", "Finished in state Completed()");
    return completed();
  } catch (error) {
    return stateOfFailure(error, outer, log);
  }
}

function stateOfFailure(
  error: unknown,
  signal: AbortSignal,
  log: (level: LevelName, message: string) => void,
) {
  if (signal.aborted && signal.reason instanceof CancelledError) {
    log("info", `Cancelled: ${signal.reason.message}`);
    return cancelled(signal.reason.message);
  }
  const { message, stack } = describeError(error);
  if (error instanceof ParameterError) {
    log("error", error.message);
    return failed(error.message);
  }
  log("error", `Encountered an exception during execution:\n${stack}`);
  if (error instanceof RunTimeoutError) return state("FAILED", "TimedOut", { message: error.message });
  return failed(`Flow run encountered an exception: ${message}`);
}

async function afterFinal(
  verdict: Verdict,
  final: ProposedState,
  signal: AbortSignal,
  log: (level: LevelName, message: string) => void,
): Promise<FlowRunOutcome | "again"> {
  if (verdict.kind !== "rejected" || verdict.state.type !== "SCHEDULED") return ended(verdict, final.type);
  log(
    "info",
    `Received non-final state ${verdict.state.name} when proposing ${final.name}: ${verdict.reason}`,
  );
  await untilScheduled(verdict.state, signal);
  return "again";
}

function ended(verdict: Verdict, proposed: string): FlowRunOutcome {
  if (verdict.kind === "gone") return { kind: "left", reason: "the flow run was deleted" };
  if (verdict.kind === "aborted")
    return { kind: "left", reason: `${proposed} was refused: ${verdict.reason}` };
  const { type, name, message } = verdict.state;
  if (!isFinal(type)) return { kind: "left", reason: `the server holds the run in state ${name}` };
  return { kind: "ended", stateType: type, stateName: name ?? type, message: message ?? "" };
}

async function untilScheduled(scheduled: State, signal: AbortSignal): Promise<void> {
  const at = Date.parse(scheduled.state_details?.scheduled_time ?? scheduled.timestamp ?? "");
  const wait = Math.max(0, at - Date.now());
  // A cancellation ends the wait; whoever proposes the next state sees it.
  await sleep(wait, undefined, { signal }).catch(() => undefined);
}

function cancelText(signal: AbortSignal): string {
  return signal.reason instanceof Error ? signal.reason.message : String(signal.reason);
}
