import type { Json, JsonObject } from "../prefect/api-types.ts";
import { isNotFound, PrefectError } from "../prefect/errors.ts";
import { hidden, type SecretValue } from "./secret-value.ts";
import { openServer } from "./server.ts";

/**
 * Prefect's Secret blocks, made in the UI under Blocks (`src/prefect/blocks/system.py`).
 *
 * ```ts
 * const password = await Secret.load<string>("oracle-password");
 * await connect({ user: "musit", password: password.get() });
 * ```
 */
export const Secret = {
  /** @throws PrefectError API_NOT_FOUND when there is no such block */
  async load<T extends Json = Json>(name: string): Promise<SecretValue<T>> {
    const { value } = await loadBlock("secret", name);
    return hidden(parsed(value) as T);
  },
};

/**
 * Prefect's JSON blocks. Prefect 3 keeps those that are there; for new values it recommends variables.
 *
 * ```ts
 * const mapping = await JsonBlock.load<{ Salix: number }>("taxon-ids");
 * ```
 */
export const JsonBlock = {
  /** @throws PrefectError API_NOT_FOUND when there is no such block */
  async load<T extends Json = Json>(name: string): Promise<T> {
    return (await loadBlock("json", name)).value as T;
  },
};

/**
 * The values of any block document, its secrets readable. Blocks inside it are values, too.
 *
 * ```ts
 * const { username, token } = await loadBlock("github-credentials", "museum");
 * ```
 * @param type the slug of its type, as in `prefect block inspect TYPE/NAME`
 * @throws PrefectError API_NOT_FOUND when there is no such block
 */
export async function loadBlock<T extends JsonObject = JsonObject>(type: string, name: string): Promise<T> {
  await using server = openServer();
  try {
    return ((await server.client.block(type, name)).data ?? {}) as T;
  } catch (error) {
    if (!isNotFound(error)) throw error;
    throw new PrefectError(
      "API_NOT_FOUND",
      `There is no block "${name}" of type "${type}" on ${server.client.apiUrl}. Make it in the UI under Blocks; ` +
        "prefect block ls lists those that are there.",
      { cause: error },
    );
  }
}

/**
 * As Python's `Secret.get()`: what was typed as JSON in the UI is read as JSON. A number stays text where JavaScript
 * would print another: a key of twenty digits, `1.50`. Inside lists and objects numbers are JavaScript's.
 */
function parsed(value: Json | undefined): Json {
  if (typeof value !== "string") return value ?? null;
  try {
    const json = JSON.parse(value) as Json;
    return typeof json === "number" && String(json) !== value.trim() ? value : json;
  } catch (error) {
    if (error instanceof SyntaxError) return value;
    throw error;
  }
}
