import { lstat, readdir, readFile, readlink, rm, stat, utimes, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { withFileLock } from "./file-lock.ts";
import { pathExists } from "./path-exists.ts";

/** How long and how much is kept of what can be fetched or installed again. */
export interface StorageLimits {
  /** What no run has used for so many days is removed. */
  days: number;
  /** Above so many bytes, the longest unused is removed first. */
  bytes: number;
}

export const defaultLimits: StorageLimits = { days: 30, bytes: 10 * 1024 ** 3 };

const DAY = 24 * 60 * 60_000;
/** Whatever was used within a day stays: a run that is being prepared may be about to use it. */
const YOUNGEST = DAY;

interface Entry {
  path: string;
  usedAt: number;
  bytes: number;
}

/** Notes that a mirror or an installation was used now. */
export async function markUsed(folder: string): Promise<void> {
  const now = new Date();
  await utimes(folder, now, now);
}

/**
 * Removes mirrors and installed dependencies that have long been unused, and the longest unused where all together are
 * too large; never what a run's folder still points to. Does nothing when it was done within a day.
 * @returns the folders removed
 */
export async function tidyStorage(
  storage: string,
  limits = defaultLimits,
  now = Date.now(),
): Promise<string[]> {
  const stamp = join(storage, ".tidied");
  const last = await stat(stamp).then(
    ({ mtimeMs }) => mtimeMs,
    () => 0,
  );
  if (now - last < DAY || !(await pathExists(storage))) return [];
  await writeFile(stamp, "");
  const entries = [
    ...(await entriesOf(join(storage, "mirrors"))),
    ...(await entriesOf(join(storage, "dependencies"))),
  ];
  entries.sort((one, other) => one.usedAt - other.usedAt);
  const needed = await pointedTo(join(storage, "runs"));
  const removed: string[] = [];
  let total = entries.reduce((sum, { bytes }) => sum + bytes, 0);
  for (const { path, usedAt, bytes } of entries) {
    const old = now - usedAt > limits.days * DAY;
    const tooMuch = total > limits.bytes && now - usedAt > YOUNGEST;
    if ((!old && !tooMuch) || needed.has(path)) continue;
    // Under the lock of whoever fills it: nobody is at work in it, and who waits makes it anew.
    await withFileLock(`${path}.lock`, () => rm(path, { recursive: true, force: true, maxRetries: 3 }));
    removed.push(path);
    total -= bytes;
  }
  return removed;
}

async function entriesOf(folder: string): Promise<Entry[]> {
  const names = await readdir(folder, { withFileTypes: true }).catch(() => []);
  const folders = names.filter((name) => name.isDirectory()).map(({ name }) => join(folder, name));
  return Promise.all(
    folders.map(async (path) => ({ path, usedAt: (await stat(path)).mtimeMs, bytes: await sizeOf(path) })),
  );
}

async function sizeOf(folder: string): Promise<number> {
  let bytes = 0;
  for (const name of await readdir(folder, { recursive: true })) {
    bytes += (await lstat(join(folder, name)).catch(() => ({ size: 0 }))).size;
  }
  return bytes;
}

/** Mirrors whose objects, and installations whose packages, the checkouts of runs use. */
async function pointedTo(runs: string): Promise<Set<string>> {
  const found = new Set<string>();
  for (const run of await readdir(runs).catch(() => [])) {
    for (const name of await readdir(join(runs, run)).catch(() => [])) {
      const checkout = join(runs, run, name);
      const alternates = await readFile(join(checkout, ".git/objects/info/alternates"), "utf8").catch(
        () => "",
      );
      for (const objects of alternates.split("\n").filter(Boolean)) found.add(resolve(objects, ".."));
      const modules = await readlink(join(checkout, "node_modules")).catch(() => undefined);
      if (modules !== undefined) found.add(resolve(checkout, modules, ".."));
    }
  }
  return found;
}
