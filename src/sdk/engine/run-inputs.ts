import { AllowFailure, Quote } from "../annotations.ts";
import { UpstreamTaskError } from "../errors.ts";
import { PrefectFuture } from "../futures.ts";
import { errorOf, State } from "../states.ts";

/** A run that another one got its input from, as `task_inputs` of a task run name it. */
export interface RunInput {
  input_type: "task_run" | "flow_run";
  id: string;
}

/** What was found in a value that a task was given. */
export interface Found {
  inputs: RunInput[];
  /** There is something in it that has to be replaced by what it stands for. */
  deferred: boolean;
}

/**
 * Looks through a value, lists and plain objects in it included, for futures, states, and results of earlier runs.
 * @param results  which run an object is the result of
 */
export function findInputs(value: unknown, results: WeakMap<object, RunInput>): Found {
  const found: Found = { inputs: [], deferred: false };
  if (typeof value === "object" && value !== null) look(value, results, found, undefined);
  return found;
}

function look(
  value: object,
  results: WeakMap<object, RunInput>,
  found: Found,
  seen: Set<object> | undefined,
): void {
  if (value instanceof PrefectFuture) {
    found.deferred = true;
    add(found, { input_type: "task_run", id: value.taskRunId });
    return;
  }
  if (value instanceof State) {
    found.deferred = true;
    if (value.taskRunId !== undefined) add(found, { input_type: "task_run", id: value.taskRunId });
    else if (value.flowRunId !== undefined) add(found, { input_type: "flow_run", id: value.flowRunId });
    return;
  }
  if (value instanceof Quote) {
    found.deferred = true;
    return;
  }
  if (value instanceof AllowFailure) {
    found.deferred = true;
    if (typeof value.value === "object" && value.value !== null) look(value.value, results, found, seen);
    return;
  }
  const source = results.get(value);
  if (source !== undefined) add(found, source);
  const items = itemsOf(value);
  if (items === undefined || seen?.has(value)) return;
  const visited = seen ?? new Set();
  visited.add(value);
  for (const item of items) {
    if (typeof item === "object" && item !== null) look(item, results, found, visited);
  }
}

function add({ inputs }: Found, input: RunInput): void {
  if (!inputs.some((one) => one.id === input.id)) inputs.push(input);
}

/** Lists and plain objects are looked into; anything else (dates, maps, connections) is a value. */
export function isCollection(value: object): value is unknown[] | Record<string, unknown> {
  if (Array.isArray(value)) return true;
  const prototype = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

/** What lies in a list, a set or a plain object, where futures are looked for; undefined for any other value. */
export function itemsOf(value: object): Iterable<unknown> | undefined {
  if (value instanceof Set) return value;
  if (!isCollection(value)) return undefined;
  return Array.isArray(value) ? value : Object.values(value);
}

/**
 * Makes a list, set or plain object anew with each item replaced, one after the other. `known` holds what was made already: an
 * object that is there twice, or lies in itself, stays one.
 */
export async function replaceItems(
  value: object,
  known: Map<object, unknown>,
  replace: (item: unknown) => Promise<unknown>,
): Promise<unknown> {
  if (known.has(value)) return known.get(value);
  if (value instanceof Set) {
    const made = new Set<unknown>();
    known.set(value, made);
    for (const item of value) made.add(await replace(item));
    return made;
  }
  if (Array.isArray(value)) {
    const made: unknown[] = [];
    known.set(value, made);
    for (const item of value as unknown[]) made.push(await replace(item));
    return made;
  }
  const made: Record<string, unknown> = {};
  known.set(value, made);
  for (const [key, item] of Object.entries(value)) made[key] = await replace(item);
  return made;
}

/**
 * Waits for what `findInputs` found deferred, and puts the results in its place.
 * @throws UpstreamTaskError when one did not complete and `allowFailure` does not cover it
 */
export async function resolveInputs(
  value: unknown,
  allowFailed = false,
  known = new Map<object, unknown>(),
): Promise<unknown> {
  if (typeof value !== "object" || value === null) return value;
  if (value instanceof PrefectFuture) return resultOf(await value.wait(), value.taskRunName, allowFailed);
  if (value instanceof State)
    return resultOf(value, value.taskRunId ?? value.flowRunId ?? value.name, allowFailed);
  if (value instanceof Quote) return value.value;
  // What failed is let through in here alone, also where the same list is given without it.
  if (value instanceof AllowFailure) return resolveInputs(value.value, true);
  if (itemsOf(value) === undefined) return value;
  return replaceItems(value, known, (item) => resolveInputs(item, allowFailed, known));
}

function resultOf(state: State, upstream: string, allowFailed: boolean): unknown {
  if (state.isCompleted()) return state.data;
  if (allowFailed) return errorOf(state);
  throw new UpstreamTaskError(upstream);
}

/** Remembers which run a result came from: the object itself, and what it holds if that is little. */
export function rememberResult(value: unknown, input: RunInput, results: WeakMap<object, RunInput>): void {
  if (typeof value !== "object" || value === null) return;
  results.set(value, input);
  if (!isCollection(value)) return;
  const items = Array.isArray(value) ? value : Object.values(value);
  // One level deep, as Prefect does it; a list of many rows is known by the list alone.
  if (items.length > MANY) return;
  for (const item of items) if (typeof item === "object" && item !== null) results.set(item, input);
}

const MANY = 1_000;
