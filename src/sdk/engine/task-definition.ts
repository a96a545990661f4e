import type { RetryDelay } from "../delays.ts";
import type { HookTaskRun, TaskHooks } from "../hooks.ts";
import type { CachePolicy } from "../results/cache-policies.ts";
import type { ResultOptions } from "../results/storage.ts";
import type { State } from "../states.ts";
import type { Slots } from "./slots.ts";

export interface TaskOptions<Args extends unknown[] = never[]> extends TaskHooks, ResultOptions {
  name: string;
  description?: string;
  /** Further tries after a failure. Default 0. */
  retries?: number;
  /** Seconds before each further try. Default 0. */
  retryDelaySeconds?: RetryDelay;
  /** The share by which a delay may be shorter or longer: 0.5 makes 10 seconds 5 to 15. Default 0. */
  retryJitterFactor?: number;
  /** Asked after each failure whether to try again, if tries are left; `state.data` is the error. */
  retryConditionFn?: (taskRun: HookTaskRun, state: State) => boolean | Promise<boolean>;
  /** Seconds that each try may take. Default, and 0: as long as it takes. */
  timeoutSeconds?: number;
  /** Shown in the UI; the server's concurrency limits of these tags hold for the task. */
  tags?: string[];
  /** How the task run is called: `load {museum}` with the function's parameters, or a function of the same arguments. */
  taskRunName?: string | ((...args: Args) => string);
  /** Send what `console.*` prints to the run's logs. Default: as its flow. */
  logPrints?: boolean;
  /** Runs of this task at once, in this process. Default: as many as are called. */
  concurrency?: number;
  /** When a result that was kept before is taken and the task not run. See `INPUTS`, `TASK_SOURCE`, `RUN_ID`. */
  cachePolicy?: CachePolicy;
  /** Makes the cache key itself; undefined: no caching this time. Comes before `cachePolicy`. */
  cacheKeyFn?: (taskRun: HookTaskRun, ...args: Args) => string | undefined;
  /** Seconds that a kept result is taken for; without an end when not given. */
  cacheExpirationSeconds?: number;
  /** Run in any case, and put the result in the place of the kept one. */
  refreshCache?: boolean;
}

/** What is to end well before a task runs: futures, states, lists of them. */
export type WaitFor = unknown[];

/** A task as the engine sees it. */
export interface TaskDefinition {
  options: TaskOptions<unknown[]>;
  fn: (...args: unknown[]) => unknown;
  /** Shared by all calls of the task. */
  slots: Slots | undefined;
  waitFor: WaitFor;
}
