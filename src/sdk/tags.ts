import { AsyncLocalStorage } from "node:async_hooks";

const ambient = new AsyncLocalStorage<readonly string[]>();

/**
 * Adds tags to the task runs and sub-flow runs that begin in `body`, to those that they have anyway: Prefect's `tags`
 * (`src/prefect/context.py`). Inside of another one, that one's tags hold, too. Limits of the server for a tag hold
 * for task runs that have it from here.
 * @param body is given all tags that hold in it
 * @returns what `body` returns
 * @example
 * await tags(["import", "botany"], async () => {
 *   await loadSheets(); // has the tags import and botany
 * });
 */
export function tags<T>(names: readonly string[], body: (current: readonly string[]) => T): T {
  const current = withCurrentTags(names);
  return ambient.run(current, () => body(current));
}

/** These tags and those that hold here, each once. */
export function withCurrentTags(names: readonly string[]): string[] {
  return [...new Set([...names, ...(ambient.getStore() ?? [])])];
}
