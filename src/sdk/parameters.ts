import { z } from "zod";
import { asSentByForm } from "./form-values.ts";

/** Parameters that the flow's schema refuses: the run fails before its first line. */
export class ParameterError extends Error {
  override readonly name = "ParameterError";
  constructor(flowName: string, issues: { path: string; message: string }[]) {
    const lines = issues.map(({ path, message }) => `  ${path === "" ? "(all)" : path}: ${message}`);
    super(`The parameters of flow "${flowName}" are not valid:\n${lines.join("\n")}`);
  }
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
  const result = schema.safeParse(asSentByForm(schema, given));
  if (result.success) return result.data as z.output<Schema>;
  throw new ParameterError(
    flow.name,
    result.error.issues.map((issue) => ({ path: issue.path.join("."), message: issue.message })),
  );
}
