import type { Json } from "../prefect/api-types.ts";
import { isNotFound } from "../prefect/errors.ts";
import { openServer } from "./server.ts";

export interface SetVariableOptions {
  tags?: string[];
  /** Change the variable where there is one of that name. Default false: an error. */
  overwrite?: boolean;
}

/**
 * Prefect's variables: small JSON values with a name, kept by the server and edited in the UI (`src/prefect/variables.py`).
 * In a run it is the run's server, elsewhere that of the settings. Not for secrets: see `Secret`.
 *
 * ```ts
 * const museums = await Variable.get("museums", ["NHM", "UM"]);
 * await Variable.set("last-import", new Date().toISOString(), { overwrite: true });
 * ```
 */
export const Variable = { get, set, unset };

/**
 * The value of a variable; where there is none of that name, `fallback`.
 * @throws PrefectError when the server cannot be asked
 */
async function get<T extends Json = Json>(name: string): Promise<T | undefined>;
async function get<T extends Json>(name: string, fallback: T): Promise<T>;
async function get(name: string, fallback?: Json): Promise<Json | undefined> {
  await using server = openServer();
  const value = await server.client.variables.read(name);
  // null is a value like any other.
  return value === undefined ? fallback : value;
}

/**
 * Makes a variable, or changes it with `overwrite: true`.
 * @throws Error when it is there and `overwrite` is not set
 */
async function set(name: string, value: Json, options: SetVariableOptions = {}): Promise<void> {
  const { tags = [], overwrite = false } = options;
  await using server = openServer();
  const { variables } = server.client;
  if ((await variables.read(name)) === undefined) return variables.create({ name, value, tags });
  if (!overwrite)
    throw new Error(
      `Variable "${name}" already exists. Change it with { overwrite: true }, or use another name.`,
    );
  return variables.update(name, { value, tags });
}

/** Removes a variable; false when there was none of that name. */
async function unset(name: string): Promise<boolean> {
  await using server = openServer();
  try {
    await server.client.variables.delete(name);
    return true;
  } catch (error) {
    if (isNotFound(error)) return false;
    throw error;
  }
}
