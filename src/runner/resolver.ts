import { type LoadHookSync, type ResolveHookSync, registerHooks } from "node:module";
import { fileURLToPath, pathToFileURL } from "node:url";
import { compileFunction } from "node:vm";
import { StripCache } from "./strip-cache.ts";

const extension = import.meta.url.endsWith(".ts") ? "ts" : "js";
const sdk = new URL(`../sdk/index.${extension}`, import.meta.url).href;
const own = pathToFileURL(fileURLToPath(import.meta.url)).href;

/** Libraries that a flow may import without having installed them: the runner's own copies stand in. */
const lent = new Set(["zod"]);

/**
 * Makes `prefect-ts` mean this process's own SDK wherever a flow's code lives, so that two copies of the SDK in one
 * process are impossible; lends what a repository without dependencies of its own needs; and keeps stripped TypeScript.
 * @param stripCacheFolder where; undefined: nothing is kept
 */
export function registerResolver(stripCacheFolder: string | undefined): void {
  const cache = stripCacheFolder === undefined ? undefined : new StripCache(stripCacheFolder);
  registerHooks({ resolve, ...(cache && { load: loadWith(cache) }) });
}

const resolve: ResolveHookSync = (specifier, context, nextResolve) => {
  if (specifier === "prefect-ts") {
    return { url: sdk, format: extension === "ts" ? "module-typescript" : "module", shortCircuit: true };
  }
  try {
    return nextResolve(specifier, context);
  } catch (error) {
    if (!lent.has(specifier) || !isNotFound(error)) throw error;
    return nextResolve(specifier, { ...context, parentURL: own });
  }
};

function loadWith(cache: StripCache): LoadHookSync {
  return (url, context, nextLoad) => {
    // The SDK's own modules stay where they are: Node's compile cache has them, code and all.
    if (!mayBeModule(url, context.format) || url === sdk) return nextLoad(url, context);
    try {
      const source = cache.strip(fileURLToPath(url));
      // No `type` in package.json: Node looks at the code, after stripping it anew (25 MB, 80 ms); so it is looked at here.
      if (context.format !== "module-typescript" && !isModule(source)) return nextLoad(url, context);
      return { format: "module", source, shortCircuit: true };
    } catch (error) {
      // Node's own message for what cannot be stripped shows the place.
      if (error instanceof Error && "code" in error && String(error.code).includes("TYPESCRIPT")) {
        return nextLoad(url, context);
      }
      throw error;
    }
  };
}

/** A file of the disk in TypeScript that is, or may be, an ES module. */
function mayBeModule(url: string, format: string | null | undefined): boolean {
  if (!url.startsWith("file:")) return false;
  return format === "module-typescript" || (!format && url.endsWith(".ts"));
}

/** Node's own rule for code of unknown kind: what cannot be compiled as CommonJS is a module. */
function isModule(source: string): boolean {
  try {
    compileFunction(source, ["exports", "require", "module", "__filename", "__dirname"]);
    return false;
  } catch (error) {
    if (error instanceof SyntaxError) return true;
    throw error;
  }
}

function isNotFound(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "ERR_MODULE_NOT_FOUND";
}
