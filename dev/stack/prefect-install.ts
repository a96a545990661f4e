import { cp, mkdir, rm } from "node:fs/promises";
import { basename, join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import type { StackContext } from "./context.ts";
import { cachedFolder } from "./install/cache.ts";
import { pythonEnvironment } from "./install/python.ts";
import { freePort } from "./ports.ts";
import { startPrefectProcess } from "./prefect-process.ts";

/** Releases of the server: the one that everything is tried with, and the oldest that is to be served. */
export type PrefectRelease = "3.8.8" | "3.6.20";

const releases: Record<PrefectRelease, { name: string; requirements: string }> = {
  "3.8.8": { name: "prefect", requirements: "prefect-requirements.txt" },
  "3.6.20": { name: "prefect-3.6.20", requirements: "prefect-3.6.20-requirements.txt" },
};

/** The virtual environment with the Prefect server; made on the first start. */
export function installPrefect(
  say: (text: string) => void,
  release: PrefectRelease = "3.8.8",
): Promise<string> {
  const { name, requirements: file } = releases[release];
  const requirements = new URL(file, import.meta.url);
  return pythonEnvironment({ name, requirements, cost: "120 packages, 60 MB, about 30 s" }, say);
}

/**
 * A server's home folder with a database that has all migrations: made once and copied for each server. Migrating
 * an empty database takes 7 of the 10 seconds that a fresh server needs to start.
 */
export function serverTemplate(
  environment: string,
  context: StackContext,
  say: (text: string) => void,
): Promise<string> {
  return cachedFolder(`${basename(environment)}-home`, say, async (template) => {
    say("preparing an empty Prefect database (once, about 10 s) ...");
    const home = join(context.folder, "prefect-template");
    await mkdir(home, { recursive: true });
    const server = await startPrefectProcess(context, {
      environment,
      home,
      port: await freePort(),
      name: "prefect-template",
    });
    await server.stop();
    // Into one file: what is still in the write-ahead log would otherwise have to be copied with it.
    const database = new DatabaseSync(join(home, "prefect.db"));
    database.exec("PRAGMA wal_checkpoint(TRUNCATE)");
    database.close();
    await cp(home, template, { recursive: true });
    await rm(home, { recursive: true });
  });
}
