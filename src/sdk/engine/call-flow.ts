import { randomUUID } from "node:crypto";
import { currentScope, type FlowRunScope, inScope, type Scope } from "../context.ts";
import { retryDelaySeconds } from "../delays.ts";
import { FlowRunSuspended } from "../errors.ts";
import type { Flow } from "../flow.ts";
import { callHooks } from "../hooks.ts";
import { checkParameters } from "../parameters.ts";
import { consoleRecorder } from "../recorder/console-recorder.ts";
import { type LevelName, levels } from "../recorder/recorder.ts";
import { State } from "../states.ts";
import { abortableSleep } from "./abortable-sleep.ts";
import { describeError } from "./describe-error.ts";
import { flowRunName } from "./flow-run-name.ts";
import { flowRunScope } from "./flow-run-scope.ts";
import { runFlowFunction } from "./run-flow-function.ts";
import { resolveInputs } from "./run-inputs.ts";
import { runSubflow } from "./subflow.ts";

/**
 * Calls a flow from code: as a subflow run when the code is that of a flow run on a server, else in this process alone.
 * Never rejects by what the flow threw: that is in the state.
 * @throws ParameterError when a plain call has wrong parameters; UpstreamTaskError when one comes from a run that failed
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
  const parameters = checkParameters(options, await resolveInputs(given));
  const name = flowRunName(options, parameters) ?? `${options.name} ${randomUUID().slice(0, 8)}`;
  const { retries = 0, retryDelaySeconds: delay = 0, retryJitterFactor: jitter } = options;
  const signal = parent?.taskRun?.signal ?? parent?.flowRun.signal ?? new AbortController().signal;
  const runKey = randomUUID();
  for (let runCount = 1; ; runCount += 1) {
    const scope = flowRunScope({
      flowName: options.name,
      flowRunName: name,
      parameters: given,
      recorder: parent?.flowRun.recorder ?? consoleRecorder(name),
      runCount,
      runKey,
      signal,
      logPrints: options.logPrints ?? false,
      resultOptions: options,
      ...(parent && { cancelGrace: parent.flowRun.cancelGrace }),
    });
    scope.parameters = parameters;
    await hooks(flow, scope, new State("RUNNING", "Running"));
    const state = await runFlowFunction(flow, scope, quietly(scope));
    if (state === "suspended") throw new FlowRunSuspended();
    if (!state.isFailed() || runCount > retries || signal.aborted) {
      await hooks(flow, scope, state);
      return state;
    }
    await abortableSleep(retryDelaySeconds({ delay, retries, jitter }, runCount, Math.random()), signal);
  }
}

/** A plain call throws what went wrong: logging it too would only repeat it. */
function quietly(scope: FlowRunScope) {
  return (level: LevelName, message: string) => {
    if (level === "warn") logOf(scope, level, message);
  };
}

function hooks(flow: Flow, scope: FlowRunScope, state: State): Promise<void> {
  const { flowRunId: id, flowRunName: name, flowName, parameters } = scope;
  return inScope({ flowRun: scope }, () =>
    callHooks(flow.options, { id, name, flowName, parameters }, state, (hook, error) =>
      logOf(scope, "error", `Hook '${hook}' failed: ${describeError(error).stack}`),
    ),
  );
}

function logOf({ recorder }: FlowRunScope, level: LevelName, message: string): void {
  recorder.log({ level: levels[level], message, name: "prefect.flow_runs", timestamp: new Date() });
}
