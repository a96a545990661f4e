import { statfs } from "node:fs/promises";
import { dirname } from "node:path";

/** Less than this is full: git writes nothing of use into it. */
const FULL_BYTES = 64 * 1024;

/**
 * The first of these paths whose disk is full (for this user), looking at the nearest parent that exists. git does not
 * always say why it could not write ("unable to write file x").
 */
export async function fullDisk(paths: readonly string[]): Promise<string | undefined> {
  for (const path of paths) {
    const space = await nearest(path);
    if (space !== undefined && space.bavail * space.bsize < FULL_BYTES) return path;
  }
  return undefined;
}

async function nearest(path: string): Promise<{ bavail: number; bsize: number } | undefined> {
  for (let at = path; ; at = dirname(at)) {
    const space = await statfs(at).catch(() => undefined);
    if (space !== undefined || at === dirname(at)) return space;
  }
}
