import { type LoadHookSync, type ResolveHookSync, registerHooks } from "node:module";
import { fileURLToPath, pathToFileURL } from "node:url";
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
    if (context.format !== "module-typescript" || !url.startsWith("file:") || url === sdk)
      return nextLoad(url, context);
    try {
      return { format: "module", source: cache.strip(fileURLToPath(url)), shortCircuit: true };
    } catch (error) {
      // Node's own message for what cannot be stripped shows the place.
      if (error instanceof Error && "code" in error && String(error.code).includes("TYPESCRIPT")) {
        return nextLoad(url, context);
      }
      throw error;
    }
  };
}

function isNotFound(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "ERR_MODULE_NOT_FOUND";
}
