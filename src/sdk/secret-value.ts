import { inspect } from "node:util";
import type { Json } from "../prefect/api-types.ts";

/** A value that shows itself nowhere by accident: logs, templates and JSON get stars. `get()` gives it. */
export interface SecretValue<T = Json> {
  get(): T;
}

export function hidden<T>(value: T): SecretValue<T> {
  const stars = () => "********";
  const shown = { get: () => value, toString: stars, toJSON: stars, [inspect.custom]: stars };
  return shown;
}
