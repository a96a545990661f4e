import type { Json, JsonObject } from "./api-types.ts";

/** Whether a JSON value is an object, and not a list or null. */
export function isJsonObject(value: Json | undefined): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
