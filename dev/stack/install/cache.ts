import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { withLock } from "./lock.ts";

/** The folder that the project lies in. */
export const PROJECT = fileURLToPath(new URL("../../../", import.meta.url)).replace(/\/$/, "");

/** Where installed services are kept; never committed. `PREFECT_TS_CACHE_DIR` puts it elsewhere. */
export const CACHE = process.env.PREFECT_TS_CACHE_DIR ?? join(PROJECT, ".cache");

/** A short name for this content, for folders that hold what was made from it. */
export function contentName(content: string): string {
  return createHash("sha256").update(content).digest("hex").slice(0, 12);
}

/**
 * Gives the folder `name` in the cache, and has it made first where it is missing. Two starts never make it at
 * once, and one that was broken off leaves nothing that looks ready: a mark is set at the end.
 * @param make  fills the folder it is given
 */
export async function cachedFolder(
  name: string,
  say: (text: string) => void,
  make: (folder: string) => Promise<void>,
): Promise<string> {
  const folder = join(CACHE, name);
  const ready = join(folder, ".ready");
  if (existsSync(ready)) return folder;
  const wait = (pid: number) => say(`another start (process ${pid}) is installing ${name}; waiting for it`);
  return await withLock(`${folder}.lock`, wait, async () => {
    if (existsSync(ready)) return folder;
    await rm(folder, { recursive: true, force: true });
    await mkdir(folder, { recursive: true });
    await make(folder);
    await writeFile(ready, "");
    return folder;
  });
}
