import type { AllowFailure, Quote } from "./annotations.ts";
import type { PrefectFuture } from "./futures.ts";
import type { State } from "./states.ts";

/** A run in the place of the value that it gives: its future, or its state. */
type RunOf<T> = PrefectFuture<T> | State<T>;

/**
 * What a task or flow may be given in place of a value: a future of it, a state that holds it, `quote(value)`,
 * `allowFailure(…)`, and lists and plain objects with any of these in them.
 */
export type Input<T> = T | RunOf<T> | Quote<T> | AllowFailure<Forgiving<T>> | Parts<T>;

/** Lists, tuples and plain objects are looked into, at any depth; dates, maps and objects with methods are values. */
type Parts<T> = T extends readonly unknown[]
  ? { readonly [Index in keyof T]: Input<T[Index]> }
  : IsPlain<T> extends true
    ? { readonly [Name in keyof T]: Input<T[Name]> }
    : never;

/** What `allowFailure` may hold: a future only where an error is taken, since a run that failed gives its error. */
type Forgiving<T> =
  | T
  | (Error extends T ? RunOf<T> : never)
  | (T extends readonly unknown[]
      ? { readonly [Index in keyof T]: Forgiving<T[Index]> }
      : IsPlain<T> extends true
        ? { readonly [Name in keyof T]: Forgiving<T[Name]> }
        : never);

/** No type tells a plain object from one of a class: having methods does. */
type IsPlain<T> = T extends object
  ? T extends (...args: never[]) => unknown
    ? false
    : Extract<T[keyof T], (...args: never[]) => unknown> extends never
      ? true
      : false
  : false;
