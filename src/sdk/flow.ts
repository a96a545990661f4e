import { randomUUID } from "node:crypto";
import type { z } from "zod";
import { DEFAULT_CANCEL_GRACE } from "./cancellation.ts";
import { currentScope, inScope } from "./context.ts";
import type { RetryDelay } from "./delays.ts";
import { runWithRetries } from "./engine/retries.ts";
import type { Hooks } from "./hooks.ts";
import { checkParameters } from "./parameters.ts";
import { consoleRecorder } from "./recorder/console-recorder.ts";
import { withLimits } from "./timeout.ts";

/** What the function of a flow gets beside its parameters. */
export interface FlowContext {
  /** Fires when the run is cancelled or timed out: pass it on to whatever waits. */
  signal: AbortSignal;
  /** Undefined when the flow was called as a plain function. */
  flowRunId: string | undefined;
  flowRunName: string;
}

export interface FlowOptions<Schema extends z.ZodObject = z.ZodObject> extends Hooks {
  /** As shown in the UI and used in `prefect-ts deployment run "NAME/deployment"`. */
  name: string;
  description?: string;
  /** Validates the parameters, and makes the form in the UI. */
  parameters?: Schema;
  /** Further tries after a failure. On a server, the server keeps count. Default 0. */
  retries?: number;
  /** Seconds before each further try. Default 0. */
  retryDelaySeconds?: RetryDelay;
  timeoutSeconds?: number;
  /** Send what `console.*` prints to the run's logs as well. */
  logPrints?: boolean;
}

export type FlowFunction<Schema extends z.ZodObject, Result> = (
  parameters: z.output<Schema>,
  context: FlowContext,
) => Result | Promise<Result>;

/** How a flow is recognised when its module was loaded, whatever it is exported as. */
export const flowMark = Symbol.for("prefect-ts.flow");

/** A flow: call it like a function (no server needed), deploy it, or let a worker run it. */
export interface Flow<Schema extends z.ZodObject = z.ZodObject, Result = unknown> {
  (parameters?: z.input<Schema>): Promise<Result>;
  readonly options: FlowOptions<Schema>;
  readonly fn: FlowFunction<Schema, Result>;
  readonly [flowMark]: true;
}

/**
 * Makes a flow.
 * @throws TypeError when the name is empty or holds a character that Prefect does not allow in names
 */
export function flow<Schema extends z.ZodObject, Result>(
  options: FlowOptions<Schema>,
  fn: FlowFunction<Schema, Result>,
): Flow<Schema, Result> {
  checkName(options.name);
  const call = (parameters?: z.input<Schema>) => callInProcess(options, fn, parameters ?? {});
  return Object.assign(call, { options, fn, [flowMark]: true as const });
}

/** Whether a value, from whichever copy of the SDK, is a flow. */
export function isFlow(value: unknown): value is Flow {
  return typeof value === "function" && flowMark in value;
}

/** A plain call: parameters are checked, tries and time-out hold, nothing is sent to a server. */
async function callInProcess<Schema extends z.ZodObject, Result>(
  options: FlowOptions<Schema>,
  fn: FlowFunction<Schema, Result>,
  given: unknown,
): Promise<Result> {
  const parameters = checkParameters(options, given);
  const parent = currentScope()?.flowRun;
  const flowRunName = `${options.name} ${randomUUID().slice(0, 8)}`;
  const outer = parent?.signal ?? new AbortController().signal;
  const scope = {
    flowName: options.name,
    flowRunId: undefined,
    flowRunName,
    parameters,
    cancelGrace: parent?.cancelGrace ?? DEFAULT_CANCEL_GRACE,
    logPrints: options.logPrints ?? false,
    recorder: parent?.recorder ?? consoleRecorder(flowRunName),
    taskCalls: new Map<string, number>(),
  };
  const limits = { what: `Flow "${options.name}"`, timeoutSeconds: options.timeoutSeconds };
  return runWithRetries(
    { retries: options.retries ?? 0, delay: options.retryDelaySeconds ?? 0, signal: outer },
    () =>
      withLimits({ ...limits, cancelled: outer, cancelGrace: scope.cancelGrace }, (signal) =>
        inScope({ flowRun: { ...scope, signal } }, async () =>
          fn(parameters, { signal, flowRunId: undefined, flowRunName }),
        ),
      ),
  );
}

function checkName(name: string): void {
  const banned = name.match(/[/%&<>]/)?.[0];
  if (name.trim() === "") throw new TypeError('A flow needs a name: flow({ name: "…" }, …).');
  if (banned !== undefined)
    throw new TypeError(`Flow name "${name}" holds "${banned}": Prefect allows none of / % & < >.`);
}
