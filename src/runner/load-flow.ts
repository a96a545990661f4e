import { isAbsolute, relative } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { inspect } from "node:util";
import { type Flow, isFlow } from "../sdk/flow.ts";
import { parameterOpenApiSchema } from "../sdk/parameter-schema/openapi-schema.ts";
import { locateModule, parseEntrypoint } from "./entrypoint.ts";
import { FlowLoadError } from "./errors.ts";
import { registerResolver } from "./resolver.ts";

export interface LoadedFlow {
  flow: Flow;
  name: string;
  description: string | undefined;
  /** JSON schema of the parameters, as a deployment's `parameter_openapi_schema`. */
  parameterOpenApiSchema: Record<string, unknown>;
}

let resolverRegistered = false;

/**
 * Loads the flow of an entrypoint (`src/flows/users.ts:migrateUsers`) from a checkout, TypeScript as it is.
 * @throws FlowLoadError that says what is wrong with the entrypoint or the module, and what the module does export
 */
export async function loadFlow({
  checkout,
  entrypoint,
  stripCache,
}: {
  checkout: string;
  entrypoint: string;
  /** Folder that keeps stripped TypeScript between processes. */
  stripCache?: string;
}): Promise<LoadedFlow> {
  const { path, exportName } = parseEntrypoint(entrypoint);
  const file = locateModule(checkout, path);
  if (!resolverRegistered) {
    registerResolver(stripCache);
    resolverRegistered = true;
  }
  const module = await importModule(file, path, checkout);
  const flow = pickFlow(module, path, exportName);
  return {
    flow,
    name: flow.options.name,
    description: flow.options.description,
    parameterOpenApiSchema: schemaOf(flow),
  };
}

function schemaOf({ options }: Flow): Record<string, unknown> {
  try {
    return parameterOpenApiSchema(options);
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    throw new FlowLoadError("FLOW_PARAMETERS_INVALID", error.message, error);
  }
}

async function importModule(file: string, shown: string, checkout: string): Promise<Record<string, unknown>> {
  // Node ends then, and names no module.
  const onExit = (code: number) => {
    if (code === 13)
      process.stderr.write(`Module "${shown}" has an await at its top level that never comes to an end.\n`);
  };
  process.once("exit", onExit);
  try {
    return (await import(pathToFileURL(file).href)) as Record<string, unknown>;
  } catch (error) {
    const detail = error instanceof Error ? `${error.name}: ${error.message}` : inspect(error);
    throw new FlowLoadError(
      "MODULE_FAILED",
      `Module "${shown}" could not be loaded: ${detail}${placeOf(error, checkout)}${hint(error)}`,
      error,
    );
  } finally {
    process.off("exit", onExit);
  }
}

const ownFolders = ["../runner", "../sdk"].map((folder) => fileURLToPath(new URL(folder, import.meta.url)));

/** The first line of the author's own code in an error's stack, as ` (src/flows/users.ts:12)`. */
function placeOf(error: unknown, checkout: string): string {
  const stack = (error instanceof Error && error.stack) || "";
  for (const [, url, line] of stack.matchAll(/(?:^|\s|\()((?:file:\/\/)?\/[^\s()]+?):(\d+)(?::\d+)?\)?$/gm)) {
    const file = url?.startsWith("file:") ? fileURLToPath(url) : (url ?? "");
    if (file.includes("/node_modules/") || ownFolders.some((folder) => file.startsWith(folder))) continue;
    const within = relative(checkout, file);
    return ` (${within.startsWith("..") || isAbsolute(within) ? file : within}:${line})`;
  }
  return "";
}

function hint(error: unknown): string {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  if (code === "ERR_MODULE_NOT_FOUND") {
    return ". Is it in package.json and package-lock.json of this branch, and do relative imports end in .ts?";
  }
  if (code === "ERR_UNSUPPORTED_TYPESCRIPT_SYNTAX") {
    return ". Types are stripped, not compiled: use no enum, namespace or parameter property (tsconfig: erasableSyntaxOnly).";
  }
  return "";
}

function pickFlow(module: Record<string, unknown>, path: string, exportName: string | undefined): Flow {
  const flows = Object.keys(module).filter((name) => isFlow(module[name]));
  if (exportName !== undefined) {
    const found = module[exportName];
    if (isFlow(found)) return found;
    const what =
      exportName in module ? `exports "${exportName}", which is not a flow` : `has no export "${exportName}"`;
    throw new FlowLoadError("FLOW_NOT_FOUND", `"${path}" ${what}. ${exported(module, flows)}`);
  }
  const only = flows.length === 1 ? module[flows[0] ?? ""] : module.default;
  if (isFlow(only)) return only;
  const many =
    flows.length > 1 ? `exports several flows: name one, like ${path}:${flows[0]}` : "exports no flow";
  throw new FlowLoadError("FLOW_NOT_FOUND", `"${path}" ${many}. ${exported(module, flows)}`);
}

function exported(module: Record<string, unknown>, flows: string[]): string {
  const names = Object.keys(module);
  if (names.length === 0) return "It exports nothing: write `export const name = flow({ name: … }, …)`.";
  const others = names.filter((name) => !flows.includes(name));
  return [
    flows.length > 0 ? `Flows exported: ${flows.join(", ")}.` : "It exports no flow.",
    others.length > 0 ? `Other exports: ${others.join(", ")}.` : "",
  ]
    .join(" ")
    .trim();
}
