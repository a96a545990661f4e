import { z } from "zod";
import type { Json, JsonObject } from "../../prefect/api-types.ts";
import { isJsonObject } from "../../prefect/json-object.ts";
import { Definitions } from "./definitions.ts";
import { representOrRefuse } from "./represent.ts";

interface Described {
  name: string;
  parameters?: z.ZodObject;
}

/**
 * The `parameter_openapi_schema` of a deployment: zod's own JSON schema, in the shape that Prefect's UI makes its form
 * of and its server validates with (`parameter_schema` in `src/prefect/utilities/callables`): titles, positions, nested
 * objects as definitions, choices as `anyOf`.
 * @throws TypeError when a parameter is of a type that no JSON value is, like `z.date()`; the message names another
 */
export function parameterOpenApiSchema(flow: Described): Record<string, unknown> {
  const schema = z.toJSONSchema(flow.parameters ?? z.object({}), {
    io: "input",
    target: "draft-2020-12",
    unrepresentable: "any",
    override: (context) => representOrRefuse(context, flow.name),
  }) as JsonObject;
  const definitions = new Definitions(isJsonObject(schema.$defs) ? schema.$defs : {});
  const required = Array.isArray(schema.required) ? schema.required : [];
  const properties = Object.entries(isJsonObject(schema.properties) ? schema.properties : {}).map(
    ([name, property], position) => {
      const shaped = definitions.shape(property, name);
      // As pydantic's `Optional[…] = None`: the form begins with "None".
      const none = takesNull(shaped) && !required.includes(name) && shaped.default === undefined;
      return [name, { title: name, ...shaped, ...(none && { default: null }), position }];
    },
  );
  return {
    title: "Parameters",
    type: "object",
    properties: Object.fromEntries(properties),
    ...(required.length > 0 && { required }),
    ...(definitions.size > 0 && { definitions: definitions.all() }),
  };
}

function takesNull({ anyOf }: JsonObject): boolean {
  return Array.isArray(anyOf) && anyOf.some((choice: Json) => isJsonObject(choice) && choice.type === "null");
}
