import { AsyncLocalStorage } from "node:async_hooks";
import type { OpenRuns } from "./engine/open-runs.ts";
import type { RunInput } from "./engine/run-inputs.ts";
import type { Suspension } from "./engine/suspension.ts";
import type { Recorder, TaskRunIdentity } from "./recorder/recorder.ts";
import type { ResultOptions } from "./results/storage.ts";

/** The flow run that the current code belongs to, through every `await` and callback. */
export interface FlowRunScope {
  /** The run whose code has called this one, in the same process. */
  parent: FlowRunScope | undefined;
  flowName: string;
  /** Undefined when the flow was called as a plain function, without a server. */
  flowRunId: string | undefined;
  flowRunName: string;
  /** The id; without a server one of the run's own, the same in all its tries. */
  runKey: string;
  parameters: unknown;
  /** How often the flow's function has been called for this run, this time included. */
  runCount: number;
  signal: AbortSignal;
  /** Milliseconds that a cancelled body has to put things in order. */
  cancelGrace: number;
  logPrints: boolean;
  recorder: Recorder;
  resultOptions: ResultOptions;
  /** How often each task was called so far: the number in the next call's name. */
  taskCalls: Map<string, number>;
  /** Empty in the flow's function; in hooks which they are: their calls are no tries of those of the function. */
  place: string;
  /** Which run an object is the result of, so that a task that it is given to depends on that run. */
  results: WeakMap<object, RunInput>;
  /** Task runs and subflow runs that have not ended. */
  open: OpenRuns;
  /** Pauses so far: each has a key, by which the server knows one that was resumed. */
  pauses: number;
  /** Once it is requested nothing begins any more. */
  suspension: Suspension;
}

/** The task run that the current code belongs to. */
export type TaskRunScope = TaskRunIdentity & {
  taskName: string;
  tags: string[];
  signal: AbortSignal;
  runCount: number;
  /** Undefined: as its flow run. */
  logPrints: boolean | undefined;
};

export interface Scope {
  flowRun: FlowRunScope;
  taskRun?: TaskRunScope;
}

const scopes = new AsyncLocalStorage<Scope>();

export function currentScope(): Scope | undefined {
  return scopes.getStore();
}

export function inScope<T>(scope: Scope, body: () => T): T {
  return scopes.run(scope, body);
}

/** Fires when the run that the caller belongs to is cancelled or timed out; undefined outside of a run. */
export function currentSignal(): AbortSignal | undefined {
  const scope = scopes.getStore();
  return scope?.taskRun?.signal ?? scope?.flowRun.signal;
}
