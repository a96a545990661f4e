import type { Json, JsonObject } from "../../prefect/api-types.ts";
import { isCollection } from "./run-inputs.ts";

/**
 * Parameters of a subflow run as the server keeps them, for people to see (`serialize_parameters` in `src/prefect/flows.py`):
 * the run itself gets the originals. What is no JSON is shown by its type, as `<Map>`; a bigint by its digits.
 */
export function shownParameters(parameters: unknown): JsonObject {
  const entries = Object.entries((parameters ?? {}) as object).flatMap(([name, value]) => {
    const one = shown(value, []);
    return one === undefined ? [] : [[name, one] as const];
  });
  return Object.fromEntries(entries);
}

/** @param outer  what the value lies in: an object in itself has no end */
function shown(value: unknown, outer: object[]): Json | undefined {
  if (value === undefined || value === null || typeof value === "boolean" || typeof value === "string")
    return value;
  if (typeof value === "number") return Number.isFinite(value) ? value : String(value);
  if (typeof value === "bigint") return String(value);
  if (typeof value !== "object") return `<${typeof value}>`;
  if (outer.includes(value)) return "<circular>";
  const within = [...outer, value];
  try {
    if (Array.isArray(value)) return value.map((item) => shown(item, within) ?? null);
    if ("toJSON" in value && typeof value.toJSON === "function" && !ArrayBuffer.isView(value))
      return shown(value.toJSON(), within);
    if (isCollection(value)) return fields(value, within);
  } catch (error) {
    // A getter, or toJSON, of code of one's own.
    return `<${typeName(value)}: ${error instanceof Error ? error.message : String(error)}>`;
  }
  return `<${typeName(value)}>`;
}

function fields(value: object, within: object[]): JsonObject {
  const result: JsonObject = {};
  for (const [name, item] of Object.entries(value)) {
    const one = shown(item, within);
    if (one !== undefined) result[name] = one;
  }
  return result;
}

function typeName(value: object): string {
  return value.constructor?.name || "object";
}
