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
 * Checks parameters against the flow's schema and fills in its defaults. Unknown names are refused, unless the schema
 * says what becomes of them (`z.looseObject`, `.catchall`).
 * @throws ParameterError with the path of each field that is wrong; TypeError when the schema can only be checked
 *   asynchronously
 */
export function checkParameters<Schema extends z.ZodObject>(
  flow: { name: string; parameters?: Schema },
  given: unknown,
): z.output<Schema> {
  const own = flow.parameters ?? z.object({});
  const schema = own.def.catchall === undefined ? own.strict() : own;
  const result = parse(schema, asSentByForm(schema, given), flow.name);
  if (result.success) return result.data as z.output<Schema>;
  throw new ParameterError(
    flow.name,
    result.error.issues.map((issue) => ({ path: issue.path.join("."), message: issue.message })),
  );
}

/** As the flow's function gets them, with defaults; as they were given where they are wrong, which the run itself will tell. */
export function checkedOrGiven(flow: { name: string; parameters?: z.ZodObject }, given: unknown): unknown {
  try {
    return checkParameters(flow, given ?? {});
  } catch {
    return given;
  }
}

function parse(schema: z.ZodObject, value: unknown, flowName: string) {
  try {
    return schema.safeParse(value);
  } catch (error) {
    if (!(error instanceof z.core.$ZodAsyncError)) throw error;
    throw new TypeError(
      `The parameters of flow "${flowName}" have an asynchronous refinement or transform. They are checked before ` +
        "the flow begins, and may wait for nothing: do that check at the beginning of the flow's function.",
      { cause: error },
    );
  }
}
