import { registerHooks } from "node:module";
import { fileURLToPath, pathToFileURL } from "node:url";

const extension = import.meta.url.endsWith(".ts") ? "ts" : "js";
const sdk = new URL(`../sdk/index.${extension}`, import.meta.url).href;
const own = fileURLToPath(import.meta.url);

/** Libraries that a flow may import without having installed them: the runner's own copies stand in. */
const lent = new Set(["zod"]);

/**
 * Makes `prefect-ts` mean this process's own SDK wherever a flow's code lives, so that two copies of the SDK in one
 * process are impossible; and lends what a repository without dependencies of its own needs.
 */
export function registerResolver(): void {
  registerHooks({
    resolve(specifier, context, nextResolve) {
      if (specifier === "prefect-ts")
        return { url: sdk, format: `module${extension === "ts" ? "-typescript" : ""}`, shortCircuit: true };
      try {
        return nextResolve(specifier, context);
      } catch (error) {
        if (!lent.has(specifier) || !isNotFound(error)) throw error;
        return nextResolve(specifier, { ...context, parentURL: pathToFileURL(own).href });
      }
    },
  });
}

function isNotFound(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "ERR_MODULE_NOT_FOUND";
}
