import { randomUUID } from "node:crypto";
import { currentScope, type FlowRunScope, inScope, type Scope } from "../context.ts";
import { retryDelaySeconds } from "../delays.ts";
import { FlowRunSuspended } from "../errors.ts";
import type { Flow } from "../flow.ts";
import { callHooks } from "../hooks.ts";
import { checkParameters, ParameterError } from "../parameters.ts";
import { consoleRecorder } from "../recorder/console-recorder.ts";
import { type LevelName, levels } from "../recorder/recorder.ts";
import { State } from "../states.ts";
import { abortableSleep } from "./abortable-sleep.ts";
import { describeError } from "./describe-error.ts";
import { flowRunName } from "./flow-run-name.ts";
import { flowRunScope } from "./flow-run-scope.ts";
import { hookSignal } from "./hook-signal.ts";
import { OpenRuns } from "./open-runs.ts";
import { runFlowFunction } from "./run-flow-function.ts";
import { resolveInputs } from "./run-inputs.ts";
import { runSubflow } from "./subflow.ts";

/**
 * Calls a flow from code: as a subflow run when the code is that of a flow run on a server, else in this process alone.
 * Never rejects by what the flow threw, or by wrong parameters: that is in the state.
 * @throws UpstreamTaskError when a parameter comes from a run that failed
 */
export async function callFlow(flow: Flow, given: unknown): Promise<State> {
  const scope = currentScope();
  scope?.flowRun.suspension.throwIfRequested();
  const server = scope?.flowRun.recorder.server;
  if (scope !== undefined && server !== undefined) return runSubflow(flow, given, scope, server);
  return runInProcess(flow, given, scope);
}

/** Parameters are checked, tries, time-out, hooks hold; nothing is sent to a server. */
async function runInProcess(flow: Flow, given: unknown, parent: Scope | undefined): Promise<State> {
  const { options } = flow;
  // Checked by each try, and not before: what a check has made of them need not pass it again.
  const parameters = await resolveInputs(given);
  const name = nameOf(flow, parameters);
  const { retries = 0, retryDelaySeconds: delay = 0, retryJitterFactor: jitter } = options;
  const signal = parent?.taskRun?.signal ?? parent?.flowRun.signal ?? new AbortController().signal;
  const runKey = randomUUID();
  for (let runCount = 1; ; runCount += 1) {
    const scope = flowRunScope({
      flowName: options.name,
      flowRunName: name,
      parameters,
      recorder: parent?.flowRun.recorder ?? consoleRecorder(name),
      runCount,
      runKey,
      signal,
      logPrints: options.logPrints,
      resultOptions: options,
      ...(parent && { cancelGrace: parent.flowRun.cancelGrace }),
    });
    await hooks(flow, scope, signal, new State("RUNNING", "Running"));
    const state = await runFlowFunction(flow, scope, quietly(scope));
    if (state === "suspended") throw new FlowRunSuspended();
    const isLast = runCount > retries || state.data instanceof ParameterError;
    if (!state.isFailed() || isLast || signal.aborted) {
      await hooks(flow, scope, signal, state);
      return state;
    }
    await abortableSleep(retryDelaySeconds({ delay, retries, jitter }, runCount, Math.random()), signal);
  }
}

/** Parameters that are wrong are told later, as the run's failure. */
function nameOf({ options }: Flow, parameters: unknown): string {
  const otherwise = `${options.name} ${randomUUID().slice(0, 8)}`;
  if (options.flowRunName === undefined) return otherwise;
  try {
    return flowRunName(options, checkParameters(options, parameters)) ?? otherwise;
  } catch (error) {
    if (error instanceof ParameterError) return otherwise;
    throw error;
  }
}

/** A plain call throws what went wrong: logging it too would only repeat it. */
function quietly(scope: FlowRunScope) {
  return (level: LevelName, message: string) => {
    if (level === "warn") logOf(scope, level, message);
  };
}

/** @param ofRun  without the time-out, which has nothing to do with hooks */
async function hooks(flow: Flow, scope: FlowRunScope, ofRun: AbortSignal, state: State): Promise<void> {
  using time = hookSignal(ofRun, scope.cancelGrace);
  const flowRun = { ...scope, signal: time.signal, open: new OpenRuns() };
  const { flowRunId: id, flowRunName: name, flowName, parameters } = scope;
  await inScope({ flowRun }, () =>
    callHooks(flow.options, { id, name, flowName, parameters }, state, (hook, error) =>
      logOf(scope, "error", `Hook '${hook}' failed: ${describeError(error).stack}`),
    ),
  );
}

function logOf({ recorder }: FlowRunScope, level: LevelName, message: string): void {
  recorder.log({ level: levels[level], message, name: "prefect.flow_runs", timestamp: new Date() });
}
