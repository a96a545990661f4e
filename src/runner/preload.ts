import { createRequire } from "node:module";

/** What the runs of this project load first, and what takes longest to load. */
const libraries = ["oracledb", "mariadb", "@aws-sdk/client-s3"];

const extension = import.meta.url.endsWith(".ts") ? "ts" : "js";

/**
 * Loads, in an idle process, what every run loads: what flows import as `prefect-ts`, and the socket of its events. Then the
 * engine is called for a while.
 */
export async function preloadSdk(signal: AbortSignal): Promise<void> {
  await import(`../sdk/index.${extension}`);
  await import(`../prefect/sockets/prefect-socket.${extension}`);
  const { warmUp } = await import("./warm-up.ts");
  // Settings that are wrong are for a run to tell.
  await warmUp(signal).catch(() => undefined);
}

/**
 * Loads, in an idle process, the libraries that its run may load: a checkout with our dependencies then finds them in
 * memory. Nothing happens where a library is not installed.
 */
export async function preloadLibraries(signal: AbortSignal): Promise<void> {
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
