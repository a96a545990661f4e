import type { Deployment, Json, JsonObject } from "../../prefect/api-types.ts";
import { CliError, usageError } from "../errors.ts";
import { parseJsonObject, parseKeyValues } from "../key-values.ts";
import { printError } from "../output.ts";

/** Reads `--param` and `--params` (`-`: stdin). @throws CliError (usage) */
export async function readParameters(param: string[], params: string | undefined): Promise<JsonObject> {
  const single = parseKeyValues(param, "parameter");
  if (params === undefined) return single;
  const several = parseJsonObject(params === "-" ? await readStdin() : params, "--params");
  const both = Object.keys(single).filter((key) => key in several);
  if (both.length > 0) {
    printError(
      `The following parameters were specified by \`--param\` and \`--params\`, the \`--param\` value will be used: ${both.join(", ")}`,
    );
  }
  return { ...several, ...single };
}

/** Refuses parameters that the deployment's flow does not take. @throws CliError that lists those it takes */
export function refuseUnknownParameters(parameters: JsonObject, deployment: Deployment): void {
  const schema = deployment.parameter_openapi_schema as
    | { properties?: Record<string, unknown> }
    | null
    | undefined;
  const known = Object.keys(schema?.properties ?? {});
  const unknown = Object.keys(parameters).filter((name) => !known.includes(name));
  if (unknown.length === 0) return;
  const available =
    known.length === 0
      ? "This deployment does not accept parameters."
      : `The following parameters are available on the deployment: ${known.join(", ")}`;
  throw new CliError(
    `The following parameters were specified but not found on the deployment: ${unknown.join(", ")}\n${available}`,
  );
}

/** Puts parameters into a run's name: `{name}` stands for a value, `{{` and `}}` for braces. @throws CliError */
export function fillRunName(template: string, parameters: JsonObject): string {
  return template.replace(/\{\{|\}\}|\{([^{}]*)\}/g, (whole, key: string | undefined) => {
    if (key === undefined) return whole.charAt(0);
    const value: Json | undefined = parameters[key];
    if (value === undefined) throw usageError(`Missing parameter for flow run name: '${key}' is undefined`);
    return typeof value === "string" ? value : JSON.stringify(value);
  });
}

async function readStdin(): Promise<string> {
  let text = "";
  for await (const piece of process.stdin.setEncoding("utf8")) text += piece;
  if (text.trim() === "")
    throw usageError("No data passed to stdin, and --params - reads the parameters from there.");
  return text;
}
