import { z } from "zod";

/** Parameters that the flow's schema refuses: the run fails before its first line. */
export class ParameterError extends Error {
  override readonly name = "ParameterError";
  constructor(flowName: string, issues: { path: string; message: string }[]) {
    const lines = issues.map(({ path, message }) => `  ${path === "" ? "(all)" : path}: ${message}`);
    super(`The parameters of flow "${flowName}" are not valid:\n${lines.join("\n")}`);
  }
}

interface Described {
  name: string;
  parameters?: z.ZodObject;
}

/**
 * Checks parameters against the flow's schema and fills in its defaults. Unknown names are refused.
 * @throws ParameterError with the path of each field that is wrong
 */
export function checkParameters<Schema extends z.ZodObject>(
  flow: { name: string; parameters?: Schema },
  given: unknown,
): z.output<Schema> {
  const schema = (flow.parameters ?? z.object({})).strict();
  const result = schema.safeParse(given);
  if (result.success) return result.data as z.output<Schema>;
  throw new ParameterError(
    flow.name,
    result.error.issues.map((issue) => ({ path: issue.path.join("."), message: issue.message })),
  );
}

/**
 * The `parameter_openapi_schema` of a deployment: zod's own JSON schema, with the titles and positions
 * that the UI's form wants.
 */
export function parameterOpenApiSchema(flow: Described): Record<string, unknown> {
  const schema = z.toJSONSchema(flow.parameters ?? z.object({}), { io: "input", target: "draft-2020-12" });
  const properties = Object.entries(schema.properties ?? {}).map(([name, property], position) => [
    name,
    typeof property === "object" ? { title: name, ...property, position } : property,
  ]);
  return {
    title: "Parameters",
    type: "object",
    properties: Object.fromEntries(properties),
    ...(schema.required && { required: schema.required }),
    ...(schema.$defs && { definitions: schema.$defs }),
  };
}
