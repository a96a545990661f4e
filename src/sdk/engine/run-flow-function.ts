import { randomUUID } from "node:crypto";
import { CancelledError } from "../cancellation.ts";
import { type FlowRunScope, inScope } from "../context.ts";
import { FlowRunSuspended } from "../errors.ts";
import type { Flow } from "../flow.ts";
import { checkParameters, ParameterError } from "../parameters.ts";
import type { LevelName } from "../recorder/recorder.ts";
import { persistsByDefault, storageOf, writeResult } from "../results/result-store.ts";
import { State } from "../states.ts";
import { RunTimeoutError, withLimits } from "../timeout.ts";
import { describeError } from "./describe-error.ts";
import { futuresToStates, stateOfValue } from "./outcome.ts";

/**
 * Checks the parameters and calls the flow's function once, in this scope; gives the state that the run is to end in,
 * or `suspended`: it goes on in another process.
 */
export async function runFlowFunction(
  flow: Flow,
  scope: FlowRunScope,
  log: (level: LevelName, message: string) => void,
): Promise<State | "suspended"> {
  const { options } = flow;
  const cancelled = scope.signal;
  const { cancelGrace } = scope;
  const limits = {
    what: `Flow "${options.name}"`,
    timeoutSeconds: options.timeoutSeconds,
    cancelled,
    cancelGrace,
  };
  let state: State;
  try {
    scope.parameters = checkParameters(options, scope.parameters ?? {});
    const value = await withLimits(limits, (signal) => {
      scope.signal = signal;
      return inScope({ flowRun: scope }, () => callFunction(flow, scope));
    });
    state = stateOfValue(value);
    if (state.isCompleted()) await keepResult(flow, state, log);
    log(state.isCompleted() ? "info" : "error", `Finished in state ${state}`);
  } catch (error) {
    state = stateOfFailure(error, cancelled, scope.suspension.requested ? () => undefined : log);
    await scope.open.abandon(state.message ?? state.name);
  }
  // Caught by the flow's own code, it is suspended all the same.
  if (scope.suspension.requested) return "suspended";
  state.flowRunId = scope.flowRunId;
  return state;
}

/** The function, and what it has submitted, to their end. */
async function callFunction({ fn }: Flow, scope: FlowRunScope): Promise<unknown> {
  const { signal, flowRunId, flowRunName } = scope;
  const parameters = scope.parameters as Parameters<typeof fn>[0];
  try {
    const value = await futuresToStates(await fn(parameters, { signal, flowRunId, flowRunName }));
    await scope.open.wait();
    return value;
  } catch (error) {
    const left = error instanceof FlowRunSuspended ? "was suspended" : "failed";
    scope.open.close(`The flow ${left} before it was this task's turn.`);
    await scope.open.wait();
    throw error;
  }
}

async function keepResult(
  { options }: Flow,
  state: State,
  log: (level: LevelName, message: string) => void,
): Promise<void> {
  const { persistResult, resultStorage } = options;
  if (!(persistResult ?? (resultStorage !== undefined || persistsByDefault("flow")))) return;
  try {
    state.resultMetadata = await writeResult(
      storageOf(resultStorage),
      randomUUID().replaceAll("-", ""),
      state.data,
    );
  } catch (error) {
    log("warn", `The result could not be kept: ${(error as Error).message}. The run goes on without.`);
  }
}

function stateOfFailure(
  error: unknown,
  cancelled: AbortSignal,
  log: (level: LevelName, message: string) => void,
): State {
  if (cancelled.aborted && cancelled.reason instanceof CancelledError) {
    const { message } = cancelled.reason;
    log("info", `Cancelled: ${message}`);
    return new State("CANCELLED", "Cancelled", { message, data: cancelled.reason });
  }
  if (error instanceof ParameterError) {
    log("error", error.message);
    return State.failure(error, { message: error.message });
  }
  const { message, stack } = describeError(error);
  log("error", `Encountered an exception during execution:\n${stack}`);
  if (cancelled.aborted) return new State("CRASHED", "Crashed", { message, data: error });
  if (error instanceof RunTimeoutError)
    return State.failure(error, { name: "TimedOut", message: error.message });
  return State.failure(error, { message: `Flow run encountered an exception: ${message}` });
}
