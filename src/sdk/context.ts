import { AsyncLocalStorage } from "node:async_hooks";
import type { Recorder, TaskRunIdentity } from "./recorder/recorder.ts";

/** The flow run that the current code belongs to, through every `await` and callback. */
export interface FlowRunScope {
  flowName: string;
  /** Undefined when the flow was called as a plain function, without a server. */
  flowRunId: string | undefined;
  flowRunName: string;
  parameters: unknown;
  signal: AbortSignal;
  /** Milliseconds that a cancelled body has to put things in order. */
  cancelGrace: number;
  logPrints: boolean;
  recorder: Recorder;
  /** How often each task was called so far: the dynamic key of the next call. */
  taskCalls: Map<string, number>;
}

export interface Scope {
  flowRun: FlowRunScope;
  taskRun?: TaskRunIdentity & { signal: AbortSignal };
}

/** What `getRunContext()` gives. */
export interface RunContext {
  flowName: string;
  flowRunId: string | undefined;
  flowRunName: string;
  taskRunId: string | undefined;
  taskRunName: string | undefined;
  parameters: unknown;
  /** Fires when the run is cancelled or timed out. */
  signal: AbortSignal;
}

const scopes = new AsyncLocalStorage<Scope>();

export function currentScope(): Scope | undefined {
  return scopes.getStore();
}

export function inScope<T>(scope: Scope, body: () => T): T {
  return scopes.run(scope, body);
}

/** The flow run, and the task run if any, that the caller runs in; undefined outside of a run. */
export function getRunContext(): RunContext | undefined {
  const scope = scopes.getStore();
  if (scope === undefined) return undefined;
  const { flowRun, taskRun } = scope;
  return {
    flowName: flowRun.flowName,
    flowRunId: flowRun.flowRunId,
    flowRunName: flowRun.flowRunName,
    taskRunId: taskRun?.id,
    taskRunName: taskRun?.name,
    parameters: flowRun.parameters,
    signal: taskRun?.signal ?? flowRun.signal,
  };
}
