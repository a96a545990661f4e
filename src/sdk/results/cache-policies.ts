import { hashOf } from "./hash.ts";

/** What a cache key can be made of. */
export interface CacheKeyContext {
  /** Inputs of the task by the names of its parameters. */
  inputs: Record<string, unknown>;
  /** Source text of the parameters that the call leaves to their defaults, by name: `{ limit: "limit = 10" }`. */
  defaults?: Record<string, string>;
  /** The task's function, as text. */
  source: string;
  /** The flow run's id; for a flow without a server an id of that call. */
  runId: string;
  flowParameters: unknown;
}

/** How the cache key of a task is made: a result that was kept under the same key is taken, and the task not run. */
export class CachePolicy {
  readonly #parts: readonly ((context: CacheKeyContext) => string | undefined)[];
  readonly #without: readonly string[];

  constructor(
    parts: readonly ((context: CacheKeyContext) => string | undefined)[],
    without: readonly string[] = [],
  ) {
    this.#parts = parts;
    this.#without = without;
  }

  /** A policy of one's own: what the function gives is the key, or part of it; undefined: no caching by it. */
  static fromCacheKeyFn(fn: (context: CacheKeyContext) => string | undefined): CachePolicy {
    return new CachePolicy([fn]);
  }

  /** Both make the key: `INPUTS.plus(TASK_SOURCE)`. */
  plus(other: CachePolicy): CachePolicy {
    return new CachePolicy([...this.#parts, ...other.#parts], [...this.#without, ...other.#without]);
  }

  /** Leaves an input out of the key, by the name of the task's parameter: `INPUTS.minus("connection")`. */
  minus(input: string): CachePolicy {
    return new CachePolicy(this.#parts, [...this.#without, input]);
  }

  /**
   * The key, or undefined: no caching.
   * @throws TypeError when an input is no data
   */
  key(context: CacheKeyContext): string | undefined {
    const inputs = this.#kept(context.inputs);
    const defaults = this.#kept(context.defaults ?? {});
    const keys = this.#parts
      .map((part) => part({ ...context, inputs, defaults }))
      .filter((key): key is string => key !== undefined);
    return keys.length === 0 ? undefined : hashOf(...keys);
  }

  #kept<T>(values: Record<string, T>): Record<string, T> {
    return Object.fromEntries(Object.entries(values).filter(([name]) => !this.#without.includes(name)));
  }
}

/** The same inputs, and the same source text of the defaults that stand in for those not given. */
export const INPUTS = new CachePolicy([
  ({ inputs, defaults = {} }) => {
    if (Object.keys(defaults).length > 0) return hashOf(inputs, defaults);
    return Object.keys(inputs).length === 0 ? undefined : hashOf(inputs);
  },
]);
/** The same code of the task's function (not of what it calls). */
export const TASK_SOURCE = new CachePolicy([({ source }) => hashOf(source)]);
/** The same flow run: a further try of the flow, or a resumed one, takes the result; another run does not. */
export const RUN_ID = new CachePolicy([({ runId }) => runId]);
/** The same parameters of the flow. */
export const FLOW_PARAMETERS = new CachePolicy([({ flowParameters }) => hashOf(flowParameters)]);
/** Never cached. */
export const NO_CACHE = new CachePolicy([]);
/** What a task that keeps its results has: the same inputs, code and flow run. */
export const DEFAULT = INPUTS.plus(TASK_SOURCE).plus(RUN_ID);
