import type { Json, JsonObject } from "../../prefect/api-types.ts";
import { isJsonObject } from "../../prefect/json-object.ts";

/** One schema without what pydantic would not write, and in the words that it would. What is inside stays as it is. */
export function tidied(schema: JsonObject): JsonObject {
  const { const: only, oneOf, type, $schema: _, readOnly: __, ...rest } = schema;
  const result: JsonObject = { ...rest };
  if (type !== undefined) result.type = type;
  // The form has a list of choices for `enum`, and none for `const`.
  if (only !== undefined) result.enum = [only];
  if (Array.isArray(oneOf)) result.anyOf = oneOf;
  if (Array.isArray(type)) {
    delete result.type;
    result.anyOf = type.map((one) => ({ type: one }));
  }
  if (result.minimum === Number.MIN_SAFE_INTEGER) delete result.minimum;
  if (result.maximum === Number.MAX_SAFE_INTEGER) delete result.maximum;
  if (isPlainText(result.propertyNames)) delete result.propertyNames;
  // `maxItems` says the same of a tuple.
  if (result.items === false) delete result.items;
  return result;
}

function isPlainText(schema: Json | undefined): boolean {
  return isJsonObject(schema) && Object.keys(schema).length === 1 && schema.type === "string";
}
