import { Unmapped } from "../annotations.ts";
import { currentScope } from "../context.ts";
import { type FutureSource, PrefectFuture, PrefectFutureList } from "../futures.ts";
import type { Input } from "../inputs.ts";
import { State } from "../states.ts";
import { Slots } from "./slots.ts";
import { TaskCall } from "./task-call.ts";
import type { TaskDefinition } from "./task-definition.ts";

export interface MapOptions {
  /** How many run at once. Default: all. */
  concurrency?: number;
  /** What is to end well before any of them runs. */
  waitFor?: unknown[];
}

/** What `map` takes in the place of each argument: a list of it, `unmapped`, or one value for all. */
export type MapArguments<Args extends unknown[]> = {
  [Index in keyof Args]: Iterable<Input<Args[Index]>> | Unmapped<Input<Args[Index]>> | Input<Args[Index]>;
};

/** Starts a task once for each item of the lists among its arguments. */
export function mapCalls(task: TaskDefinition, given: unknown[]): PrefectFutureList<unknown> {
  const { args, options } = splitOptions(given);
  const lists = args.map((value) => (isList(value) ? Array.from(value) : undefined));
  const lengths = new Set(lists.filter((list) => list !== undefined).map(({ length }) => length));
  const [length] = lengths;
  const { name } = task.options;
  if (length === undefined) throw new TypeError(`Task "${name}": map needs a list; ${instead(args)}`);
  if (lengths.size > 1)
    throw new TypeError(
      `Task "${name}": map got lists of ${[...lengths].join(" and ")} items; they must be equally long. ` +
        "What all calls are to get whole goes into unmapped(…).",
    );
  const limits = options.concurrency === undefined ? [] : [new Slots(options.concurrency)];
  const definition = options.waitFor === undefined ? task : { ...task, waitFor: options.waitFor };
  const results = currentScope()?.flowRun.results;
  const origins = args.map((value, position) => lists[position] && results?.get(value as object));
  const futures = new PrefectFutureList<unknown>();
  for (let index = 0; index < length; index += 1) {
    const own = args.map((value, position) => {
      const list = lists[position];
      if (list !== undefined) return list[index];
      return value instanceof Unmapped ? value.value : value;
    });
    futures.push(new PrefectFuture(new TaskCall(definition, own, limits, origins) as FutureSource<unknown>));
  }
  return futures;
}

/** How many calls there are to be has to be known at once, which a future cannot tell. */
function instead(args: unknown[]): string {
  return args.some((value) => value instanceof PrefectFuture || value instanceof State)
    ? "of a future, or a state, of a list, give it the result: map(await future)."
    : "to call it once, use submit.";
}

/** The last argument is options when it is an object of nothing else: one that is meant as a value goes into `unmapped`. */
function splitOptions(given: unknown[]): { args: unknown[]; options: MapOptions } {
  const last = given.at(-1);
  if (
    given.length < 2 ||
    typeof last !== "object" ||
    last === null ||
    Object.getPrototypeOf(last) !== Object.prototype
  )
    return { args: given, options: {} };
  const keys = Object.keys(last);
  const areOptions = keys.length > 0 && keys.every((key) => key === "concurrency" || key === "waitFor");
  return areOptions
    ? { args: given.slice(0, -1), options: last as MapOptions }
    : { args: given, options: {} };
}

function isList(value: unknown): value is Iterable<unknown> {
  return (
    typeof value === "object" && value !== null && Symbol.iterator in value && !ArrayBuffer.isView(value)
  );
}
