import { type Parameter, parameterList } from "./parameter-list.ts";

interface Known {
  names: string[];
  parameters: Parameter[];
}

type Fn = (...args: never[]) => unknown;

const known = new WeakMap<Fn, Known>();

/**
 * The names of a function's parameters, as its source has them; `arg0`, `arg1` … for those without a name of their own
 * (`{ a, b }`, `[a, b]`).
 */
export function parameterNames(fn: Fn): string[] {
  return knownOf(fn).names;
}

/**
 * What a call leaves to defaults, by the names of the parameters: their source text, since nobody can see the value.
 * A pattern with defaults (`{ limit = 10 }`) is in it always, as it may use one whatever it is given.
 */
export function defaultsLeft(fn: Fn, args: readonly unknown[]): Record<string, string> {
  const { names, parameters } = knownOf(fn);
  const left: Record<string, string> = {};
  for (const [index, { hasDefault, name, text }] of parameters.entries()) {
    if (hasDefault && (name === undefined || args[index] === undefined))
      left[names[index] ?? `arg${index}`] = text;
  }
  return left;
}

function knownOf(fn: Fn): Known {
  const before = known.get(fn);
  if (before !== undefined) return before;
  const parameters = parameterList(fn.toString());
  const made = { parameters, names: parameters.map(({ name }, index) => name ?? `arg${index}`) };
  known.set(fn, made);
  return made;
}
