import type { z } from "zod";
import { checkRetries, type RetryDelay } from "./delays.ts";
import { callFlow } from "./engine/call-flow.ts";
import { checkFlowRunName } from "./engine/flow-run-name.ts";
import type { ResultOf } from "./futures.ts";
import type { Hooks } from "./hooks.ts";
import type { Input } from "./inputs.ts";
import { runSettings, withDefaultRetries } from "./process-settings.ts";
import { storageOf } from "./results/result-store.ts";
import type { ResultOptions } from "./results/storage.ts";
import type { State } from "./states.ts";
import { checkTimeout } from "./timeout.ts";

/** What the function of a flow gets beside its parameters. */
export interface FlowContext {
  /** Fires when the run is cancelled or timed out: pass it on to whatever waits. */
  signal: AbortSignal;
  /** Undefined when the flow was called as a plain function. */
  flowRunId: string | undefined;
  flowRunName: string;
}

export interface FlowOptions<Schema extends z.ZodObject = z.ZodObject> extends Hooks, ResultOptions {
  /** As shown in the UI and used in `prefect-ts deployment run "NAME/deployment"`. */
  name: string;
  description?: string;
  /** Validates the parameters, and makes the form in the UI. */
  parameters?: Schema;
  /** Further tries after a failure. On a server, the server keeps count. Default 0. */
  retries?: number;
  /** Seconds before each further try. Default 0. */
  retryDelaySeconds?: RetryDelay;
  /** The share by which a delay may be shorter or longer: 0.5 makes 10 seconds 5 to 15. Default 0. */
  retryJitterFactor?: number;
  /** Seconds that the run may take. Default, and 0: as long as it takes. */
  timeoutSeconds?: number;
  /** What a run is called: `load {museum}` with its parameters, or a function of them. Default: the server's choice. */
  flowRunName?: string | ((parameters: z.output<Schema>) => string);
  /** Send what `console.*` prints to the run's logs. Default: as the outer flow, else `PREFECT_LOGGING_LOG_PRINTS`. */
  logPrints?: boolean;
}

export type FlowFunction<Schema extends z.ZodObject, Result> = (
  parameters: z.output<Schema>,
  context: FlowContext,
) => Result | Promise<Result>;

/** The schema of a flow that has no parameters. */
export type NoParameters = z.ZodObject<Record<never, never>>;

/** Parameters as a caller may give them: values, or what stands for them, as futures. */
export type FlowInput<Schema extends z.ZodObject> = keyof z.input<Schema> extends never
  ? Record<string, never>
  : { [Name in keyof z.input<Schema>]: Input<z.input<Schema>[Name]> };

/** What a flow is called with: nothing is needed where no parameter is required. */
export type FlowArguments<Schema extends z.ZodObject> =
  Record<never, never> extends FlowInput<Schema>
    ? [parameters?: FlowInput<Schema>]
    : [parameters: FlowInput<Schema>];

/** How a flow is recognised when its module was loaded, whatever it is exported as. */
export const flowMark = Symbol.for("prefect-ts.flow");

/** A flow: call it like a function (no server needed), deploy it, or let a worker run it. */
export interface Flow<Schema extends z.ZodObject = z.ZodObject, Result = unknown> {
  /** Runs it: in a flow run on a server as a subflow run of its own, elsewhere in this process alone. */
  (...parameters: FlowArguments<Schema>): Promise<ResultOf<Result>>;
  /** The same, and gives the final state in place of the result; a failure is not thrown. */
  returnState(...parameters: FlowArguments<Schema>): Promise<State<ResultOf<Result>>>;
  /** The same flow with other options: `load.withOptions({ retries: 3 })`. */
  withOptions(options: Partial<Omit<FlowOptions<Schema>, "parameters">>): Flow<Schema, Result>;
  readonly options: FlowOptions<Schema>;
  readonly fn: FlowFunction<Schema, Result>;
  readonly [flowMark]: true;
}

/**
 * Makes a flow.
 *
 *     export const load = flow(
 *       { name: "Load", parameters: z.object({ museum: z.string() }), retries: 2 },
 *       async ({ museum }) => logger.info(`Loading ${museum}`),
 *     );
 *
 * @throws TypeError when the name is empty or holds a character that Prefect does not allow in names, or options are wrong
 */
export function flow<Schema extends z.ZodObject = NoParameters, Result = unknown>(
  given: FlowOptions<Schema>,
  fn: FlowFunction<Schema, Result>,
): Flow<Schema, Result> {
  const options = withDefaultRetries(given, runSettings().flows);
  checkName(options.name, fn);
  checkRetries(`Flow "${options.name}"`, options);
  checkTimeout(`Flow "${options.name}"`, options);
  // A text that is no storage is refused now, not when there is a result to keep.
  if (options.resultStorage !== undefined) storageOf(options.resultStorage);
  checkFlowRunName(options as unknown as FlowOptions);
  const returnState = (...[parameters]: FlowArguments<Schema>) =>
    callFlow(made as unknown as Flow, parameters ?? {}) as Promise<State<ResultOf<Result>>>;
  const call = async (...parameters: FlowArguments<Schema>) => (await returnState(...parameters)).result();
  const made: Flow<Schema, Result> = Object.assign(call, {
    options,
    fn,
    returnState,
    withOptions: (changes: Partial<Omit<FlowOptions<Schema>, "parameters">>) =>
      flow({ ...given, ...changes }, fn),
    [flowMark]: true as const,
  });
  return made;
}

/** Whether a value, from whichever copy of the SDK, is a flow. */
export function isFlow(value: unknown): value is Flow {
  return typeof value === "function" && flowMark in value;
}

function checkName(name: unknown, fn: unknown): void {
  if (typeof name !== "string" || typeof fn !== "function")
    throw new TypeError('A flow is made of options and a function: flow({ name: "…" }, async () => …).');
  const banned = name.match(/[/%&<>]/)?.[0];
  if (name.trim() === "") throw new TypeError('A flow needs a name: flow({ name: "…" }, …).');
  if (banned !== undefined)
    throw new TypeError(`Flow name "${name}" holds "${banned}": Prefect allows none of / % & < >.`);
}
