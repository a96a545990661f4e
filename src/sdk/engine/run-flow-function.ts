import { cancelled, completed, failed, type ProposedState, state } from "../../prefect/states.ts";
import { CancelledError } from "../cancellation.ts";
import { type FlowRunScope, inScope } from "../context.ts";
import type { Flow } from "../flow.ts";
import { checkParameters, ParameterError } from "../parameters.ts";
import type { LevelName, Recorder } from "../recorder/recorder.ts";
import { RunTimeoutError, withLimits } from "../timeout.ts";
import { describeError } from "./describe-error.ts";

export interface FlowCall {
  flow: Flow;
  flowRun: { id: string; name: string; parameters: unknown };
  recorder: Recorder;
  log: (level: LevelName, message: string) => void;
  signal: AbortSignal;
  cancelGrace: number;
}

/** Checks the parameters and calls the flow's function once; gives the state that the run is to end in. */
export async function runFlowFunction(call: FlowCall): Promise<ProposedState> {
  const { flow, flowRun, recorder, log, signal: cancelledSignal, cancelGrace } = call;
  const { options } = flow;
  const limits = {
    what: `Flow "${options.name}"`,
    timeoutSeconds: options.timeoutSeconds,
    cancelled: cancelledSignal,
    cancelGrace,
  };
  try {
    const parameters = checkParameters(options, flowRun.parameters ?? {});
    await withLimits(limits, (signal) => {
      const scope = flowRunScope({
        flow,
        flowRun: { ...flowRun, parameters },
        recorder,
        signal,
        cancelGrace,
      });
      const context = { signal, flowRunId: flowRun.id, flowRunName: flowRun.name };
      return inScope({ flowRun: scope }, async () => flow.fn(parameters, context));
    });
    log("info", "Finished in state Completed()");
    return completed();
  } catch (error) {
    return stateOfFailure(error, call);
  }
}

/** What code of the run, its function and its hooks, runs in. */
export function flowRunScope(call: Omit<FlowCall, "log">): FlowRunScope {
  const { flow, flowRun, recorder, signal, cancelGrace } = call;
  return {
    flowName: flow.options.name,
    flowRunId: flowRun.id,
    flowRunName: flowRun.name,
    parameters: flowRun.parameters,
    signal,
    cancelGrace,
    logPrints: flow.options.logPrints ?? false,
    recorder,
    taskCalls: new Map(),
  };
}

function stateOfFailure(error: unknown, { signal, log }: FlowCall): ProposedState {
  if (signal.aborted && signal.reason instanceof CancelledError) {
    log("info", `Cancelled: ${signal.reason.message}`);
    return cancelled(signal.reason.message);
  }
  if (error instanceof ParameterError) {
    log("error", error.message);
    return failed(error.message);
  }
  const { message, stack } = describeError(error);
  log("error", `Encountered an exception during execution:\n${stack}`);
  if (signal.aborted) return state("CRASHED", "Crashed", { message });
  if (error instanceof RunTimeoutError) return state("FAILED", "TimedOut", { message: error.message });
  return failed(`Flow run encountered an exception: ${message}`);
}
