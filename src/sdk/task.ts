import { inScope } from "./context.ts";
import type { RetryDelay } from "./delays.ts";
import { runTask } from "./engine/task-engine.ts";

export interface TaskOptions {
  name: string;
  description?: string;
  /** Further tries after a failure. Default 0. */
  retries?: number;
  /** Seconds before each further try. Default 0. */
  retryDelaySeconds?: RetryDelay;
  timeoutSeconds?: number;
  tags?: string[];
}

/** A task: a named piece of a flow with its own state, logs, tries and time-out. */
export interface Task<Args extends unknown[], Result> {
  (...args: Args): Promise<Result>;
  readonly options: TaskOptions;
}

/** Makes a task. Called inside a flow it is recorded as a task run; outside it just runs. */
export function task<Args extends unknown[], Result>(
  options: TaskOptions,
  fn: (...args: Args) => Result | Promise<Result>,
): Task<Args, Result> {
  if (options.name.trim() === "") throw new TypeError('A task needs a name: task({ name: "…" }, …).');
  const call = (...args: Args): Promise<Result> =>
    runTask(options, (scope) => inScope(scope, async () => fn(...args)));
  return Object.assign(call, { options });
}
