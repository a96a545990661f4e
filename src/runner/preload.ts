import { createRequire } from "node:module";

/** What the runs of this project load first, and what takes longest to load. */
const libraries = ["oracledb", "mariadb", "@aws-sdk/client-s3"];

/**
 * Loads, in an idle process, what its run will most likely load: a checkout with our dependencies then finds them in
 * memory. Nothing happens where a library is not installed.
 */
export async function preload(signal: AbortSignal): Promise<void> {
  const require = createRequire(import.meta.url);
  for (const name of libraries) {
    if (signal.aborted) return;
    try {
      require.resolve(name);
    } catch (error) {
      if (error instanceof Error && "code" in error && error.code === "MODULE_NOT_FOUND") continue;
      throw error;
    }
    await import(name);
  }
}
