import type { Json, JsonObject } from "../../prefect/api-types.ts";

/** `{{ name }}` in Prefect's own form. */
const placeholder = /{{\s*([\w.\-[\]$]+)\s*}}/g;

export interface Found {
  /** Environment variables that placeholders name and the environment lacks. */
  missing: Set<string>;
  /** Placeholders that only build steps could fill. */
  outputs: Set<string>;
}

/**
 * Puts environment variables in the place of `{{ $NAME }}`, through lists and objects. All other placeholders stay:
 * `{{ prefect.… }}` and `{{ ctx.… }}` are the worker's. What cannot be filled is noted in `found`.
 */
export function fillFromEnvironment(template: Json, env: NodeJS.ProcessEnv, found: Found): Json {
  if (typeof template === "string") return fillText(template, env, found);
  if (Array.isArray(template)) return template.map((item) => fillFromEnvironment(item, env, found));
  if (template === null || typeof template !== "object") return template;
  return Object.fromEntries(
    Object.entries(template).map(([key, value]) => [key, fillFromEnvironment(value, env, found)]),
  ) as JsonObject;
}

function fillText(text: string, env: NodeJS.ProcessEnv, found: Found): string {
  return text.replace(placeholder, (whole, name: string) => {
    if (name.startsWith("$")) {
      const value = env[name.slice(1)];
      // An address or a name that is empty helps nobody: empty counts as missing.
      if (value === undefined || value === "") found.missing.add(name.slice(1));
      return value ?? whole;
    }
    if (!name.startsWith("prefect.") && !name.startsWith("ctx.")) found.outputs.add(whole);
    return whole;
  });
}
