import { checkRetries } from "./delays.ts";
import { type MapArguments, type MapOptions, mapCalls } from "./engine/map-calls.ts";
import { Slots } from "./engine/slots.ts";
import { runTask, TaskCall } from "./engine/task-call.ts";
import type { TaskDefinition, TaskOptions } from "./engine/task-definition.ts";
import { checkTaskRunName } from "./engine/task-run-name.ts";
import { type FutureSource, PrefectFuture, type PrefectFutureList, type ResultOf } from "./futures.ts";
import type { Input } from "./inputs.ts";
import { runSettings, withDefaultRetries } from "./process-settings.ts";
import { storageOf } from "./results/result-store.ts";
import { checkTimeout } from "./timeout.ts";

/** What a task may be called with: its arguments, or futures of them. */
export type TaskInput<Args extends unknown[]> = { [Index in keyof Args]: Input<Args[Index]> };

/** A task: a named piece of a flow with its own state, logs, tries and time-out. */
export interface Task<Args extends unknown[], Result> {
  /** Runs it and gives its result; throws what it threw. */
  (...args: TaskInput<Args>): Promise<ResultOf<Result>>;
  /** Starts it and gives a future, to be awaited later or given to other tasks. */
  submit(...args: TaskInput<Args>): PrefectFuture<ResultOf<Result>>;
  /**
   * Starts it once for each item of a list. Further arguments may be lists of the same length, `unmapped(value)`, or
   * values that are no lists, which all get.
   *
   *     const sizes = await size.map(files, { concurrency: 4 });
   *
   * @throws TypeError when there is no list, or lists differ in length
   */
  map(...args: MapArguments<Args> | [...MapArguments<Args>, MapOptions]): PrefectFutureList<ResultOf<Result>>;
  /** The same task with other options, or one that waits: `insert.withOptions({ waitFor: [cleared] })(rows)`. */
  withOptions(changes: Partial<TaskOptions<Args>> & { waitFor?: unknown[] }): Task<Args, Result>;
  readonly options: TaskOptions<Args>;
  readonly fn: (...args: Args) => Result | Promise<Result>;
}

/**
 * Makes a task. Called inside a flow it is recorded as a task run; outside it just runs.
 *
 *     const readPage = task({ name: "Read page", retries: 2, retryDelaySeconds: 5 }, async (page: number) => fetchPage(page));
 *
 * @throws TypeError when it has no name, or options are wrong
 */
export function task<Args extends unknown[], Result>(
  options: TaskOptions<Args>,
  fn: (...args: Args) => Result | Promise<Result>,
): Task<Args, Result> {
  return makeTask(options, fn, [], undefined);
}

function makeTask<Args extends unknown[], Result>(
  given: TaskOptions<Args>,
  fn: (...args: Args) => Result | Promise<Result>,
  waitFor: unknown[],
  shared: Slots | undefined,
): Task<Args, Result> {
  const options = withDefaultRetries(given, runSettings().tasks);
  if (typeof options.name !== "string" || typeof fn !== "function")
    throw new TypeError('A task is made of options and a function: task({ name: "…" }, async () => …).');
  if (options.name.trim() === "") throw new TypeError('A task needs a name: task({ name: "…" }, …).');
  checkRetries(`Task "${options.name}"`, options);
  checkTimeout(`Task "${options.name}"`, options);
  // A text that is no storage is refused now, not when there is a result to keep.
  if (options.resultStorage !== undefined) storageOf(options.resultStorage);
  const slots = shared ?? (options.concurrency === undefined ? undefined : new Slots(options.concurrency));
  const definition = { options, fn, slots, waitFor } as unknown as TaskDefinition;
  checkTaskRunName(definition);
  const call = (...args: unknown[]) => runTask(definition, args);
  const made = Object.assign(call, {
    options,
    fn,
    submit: (...args: unknown[]) =>
      new PrefectFuture(new TaskCall(definition, args) as FutureSource<unknown>),
    map: (...args: unknown[]) => mapCalls(definition, args),
    withOptions: ({ waitFor: more, ...changes }: Partial<TaskOptions<Args>> & { waitFor?: unknown[] }) =>
      makeTask({ ...given, ...changes }, fn, more ?? waitFor, "concurrency" in changes ? undefined : slots),
  });
  // Erased above: the types of arguments and result live in this signature alone.
  return made as unknown as Task<Args, Result>;
}
