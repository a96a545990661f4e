import type { Json, JsonObject } from "../../prefect/api-types.ts";
import { isJsonObject } from "../../prefect/json-object.ts";

/**
 * The deployment's job variables under the run's: `env` is merged name by name, every other variable is replaced.
 * Dotted keys (`env.FOO`) become nested; where both are given, the nested form wins.
 */
export function mergeJobVariables(deployment: JsonObject, flowRun: JsonObject): JsonObject {
  const below = nest(deployment);
  const above = nest(flowRun);
  const merged: JsonObject = { ...below, ...above };
  if (isJsonObject(below.env) && isJsonObject(above.env)) merged.env = { ...below.env, ...above.env };
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
  const inner = isJsonObject(target[first]) ? target[first] : {};
  target[first] = inner;
  set(inner, rest, value);
}

function deepMerge(below: Json | undefined, above: Json): Json {
  if (!isJsonObject(below) || !isJsonObject(above)) return above;
  const merged: JsonObject = { ...below };
  for (const [key, value] of Object.entries(above)) merged[key] = deepMerge(below[key], value);
  return merged;
}
