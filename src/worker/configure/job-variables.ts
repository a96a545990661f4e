import type { Json, JsonObject } from "../../prefect/api-types.ts";

/**
 * The deployment's job variables under the run's: `env` is merged name by name, every other variable is replaced.
 * Dotted keys (`env.FOO`) become nested; where both are given, the nested form wins.
 */
export function mergeJobVariables(deployment: JsonObject, flowRun: JsonObject): JsonObject {
  const below = nest(deployment);
  const above = nest(flowRun);
  const merged: JsonObject = { ...below, ...above };
  if (isObject(below.env) && isObject(above.env)) merged.env = { ...below.env, ...above.env };
  return merged;
}

function nest(variables: JsonObject): JsonObject {
  const nested: JsonObject = {};
  for (const [key, value] of Object.entries(variables)) {
    if (key.includes(".")) set(nested, key.split("."), value);
  }
  for (const [key, value] of Object.entries(variables)) {
    if (!key.includes(".")) nested[key] = deepMerge(nested[key], value);
  }
  return nested;
}

function set(target: JsonObject, [first = "", ...rest]: string[], value: Json): void {
  if (rest.length === 0) {
    target[first] = value;
    return;
  }
  const inner = isObject(target[first]) ? target[first] : {};
  target[first] = inner;
  set(inner, rest, value);
}

function deepMerge(below: Json | undefined, above: Json): Json {
  if (!isObject(below) || !isObject(above)) return above;
  const merged: JsonObject = { ...below };
  for (const [key, value] of Object.entries(above)) merged[key] = deepMerge(below[key], value);
  return merged;
}

function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
