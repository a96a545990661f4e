import { randomUUID } from "node:crypto";
import type { StateType } from "../prefect/api-types.ts";
import { isFinal } from "../prefect/states.ts";
import { CancelledRunError, CrashedRunError, FailedRunError, UnfinishedRunError } from "./errors.ts";
import { nextMicros } from "./micros.ts";
import type { ResultMetadata } from "./results/result-store.ts";

export interface StateOptions<Data = unknown> {
  /** What the UI shows in place of the type's own name: `Completed({ name: "Skipped" })`. */
  name?: string;
  message?: string;
  /** The result; of a failed state its error. */
  data?: Data;
}

/** A state of a flow run or task run. A flow or task that returns one ends in it. */
export class State<Result = unknown> {
  readonly type: StateType;
  readonly name: string;
  readonly message: string | undefined;
  readonly data: Result | undefined;
  readonly id: string = randomUUID();
  /** When it came about, in microseconds since 1970. */
  readonly micros: number = nextMicros();
  /** As the server takes them: `scheduled_time`, `pause_key` … */
  readonly details: Readonly<Record<string, unknown>>;
  /** What was thrown, of a run that ended by it. */
  #thrown: { value: unknown } | undefined;
  /** Where the result is kept, if it is. */
  resultMetadata: ResultMetadata | undefined;
  /** The run that it belongs to; a state made by hand has none. */
  taskRunId: string | undefined;
  flowRunId: string | undefined;

  constructor(
    type: StateType,
    name: string,
    options: Omit<StateOptions<Result>, "name"> = {},
    details: Record<string, unknown> = {},
  ) {
    this.type = type;
    this.name = name;
    this.message = options.message;
    this.data = options.data;
    this.details = details;
  }

  /** The state of a run whose function threw. */
  static failure(thrown: unknown, options: Omit<StateOptions, "data">): State {
    const state = new State<unknown>("FAILED", options.name ?? "Failed", { ...options, data: thrown });
    state.#thrown = { value: thrown };
    return state;
  }

  get timestamp(): Date {
    return new Date(this.micros / 1000);
  }

  isScheduled(): boolean {
    return this.type === "SCHEDULED";
  }

  isPending(): boolean {
    return this.type === "PENDING";
  }

  isRunning(): boolean {
    return this.type === "RUNNING";
  }

  isPaused(): boolean {
    return this.type === "PAUSED";
  }

  isCancelling(): boolean {
    return this.type === "CANCELLING";
  }

  isCompleted(): boolean {
    return this.type === "COMPLETED";
  }

  isFailed(): boolean {
    return this.type === "FAILED";
  }

  isCrashed(): boolean {
    return this.type === "CRASHED";
  }

  isCancelled(): boolean {
    return this.type === "CANCELLED";
  }

  /** Whether the run has ended. */
  isFinal(): boolean {
    return isFinal(this.type);
  }

  /**
   * What the run returned.
   * @throws what the run threw; `FailedRunError`, `CrashedRunError`, `CancelledRunError` when it threw nothing;
   *   `UnfinishedRunError` when it has not ended
   */
  result(options?: { raiseOnFailure?: true }): Result;
  /** The same; what would be thrown is given back in its place. */
  result(options: { raiseOnFailure: boolean }): Result | Error;
  result({ raiseOnFailure = true }: { raiseOnFailure?: boolean } = {}): unknown {
    if (this.isCompleted()) return this.data;
    // Whatever it is: a caller catches what the function threw.
    const thrown = this.#thrown === undefined ? errorOf(this) : this.#thrown.value;
    if (raiseOnFailure) throw thrown;
    return thrown;
  }

  /** `Failed(it rains)`, as Prefect's logs have it. */
  toString(): string {
    return `${this.name}(${this.message ?? ""})`;
  }
}

/** What a state that is not Completed throws. */
export function errorOf(state: State): Error {
  if (state.data instanceof Error) return state.data;
  const inner = Array.isArray(state.data) ? state.data : [state.data];
  const culprit = inner.find((one) => one instanceof State && one.isFinal() && !one.isCompleted());
  if (culprit instanceof State) return errorOf(culprit);
  const message = typeof state.data === "string" ? state.data : state.message;
  if (state.type === "FAILED") return new FailedRunError(message ?? "Run failed.");
  if (state.type === "CRASHED") return new CrashedRunError(message ?? "Run crashed.");
  if (state.type === "CANCELLED") return new CancelledRunError(message ?? "Run cancelled.");
  return new UnfinishedRunError(`Run is in ${state.type} state, its result is not available.`);
}

/**
 * The run ends well. To be returned from a flow or task that has more to say than its result.
 *
 *     if (rows.length === 0) return Completed({ name: "Skipped", message: "There is nothing to do." });
 */
export function Completed<Data = undefined>(options: StateOptions<Data> = {}): State<Data> {
  return new State<Data>("COMPLETED", options.name ?? "Completed", options);
}

/** The run ends as Failed (and is tried again if it has retries), without anything being thrown. */
export function Failed(options: StateOptions = {}): State<never> {
  return new State<unknown>("FAILED", options.name ?? "Failed", options) as State<never>;
}

/** The run ends as Cancelled. */
export function Cancelled(options: StateOptions = {}): State<never> {
  return new State<unknown>("CANCELLED", options.name ?? "Cancelled", options) as State<never>;
}

/** The run ends as Crashed: what it needed from outside was not there. It is not tried again. */
export function Crashed(options: StateOptions = {}): State<never> {
  return new State<unknown>("CRASHED", options.name ?? "Crashed", options) as State<never>;
}
