import { lstat, readdir, readFile, readlink, rename, rm, stat, utimes, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { DAY, expired, filesIn, type Kept, type Limits } from "./expired.ts";
import { withFileLock } from "./file-lock.ts";
import { pathExists } from "./path-exists.ts";

export const defaultLimits: Limits = { days: 30, bytes: 10 * 1024 ** 3 };
/**
 * Of code that was compiled or stripped: by when it was written, as nobody notes that it is read. Node keeps what it has
 * compiled by its path, which is new for each run, so most of it is never read again.
 */
const codeLimits: Limits = { days: 7, bytes: 256 * 1024 ** 2 };

/** Whatever was used within a day stays: a run that is being prepared may be about to use it. */
const YOUNGEST = DAY;

/** Notes that a mirror or an installation was used now. */
export async function markUsed(folder: string): Promise<void> {
  const now = new Date();
  await utimes(folder, now, now);
}

/**
 * Removes mirrors and installed dependencies that have long been unused, and the longest unused where all together are
 * too large; never what a run's folder still points to. So for kept code. Does nothing when it was done within a day.
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
  for (const folder of ["compiled", "stripped"]) {
    const files = await filesIn(join(storage, folder));
    for (const { path } of expired(files, codeLimits, now)) await rm(path, { force: true });
  }
  const entries = [
    ...(await entriesOf(join(storage, "mirrors"))),
    ...(await entriesOf(join(storage, "dependencies"))),
  ];
  const needed = await pointedTo(join(storage, "runs"));
  const removed: string[] = [];
  const isNeeded = ({ path }: Kept) => needed.has(path);
  for (const { path } of expired(entries, { youngest: YOUNGEST, ...limits }, now, isNeeded)) {
    // Under the lock of whoever fills it: nobody is at work in it, and who waits makes it anew.
    await withFileLock(`${path}.lock`, () => removeWhole(path));
    removed.push(path);
  }
  return removed;
}

/** Never half of it under its name: whoever does this may be killed meanwhile. */
async function removeWhole(path: string): Promise<void> {
  const doomed = `${path}.removed`;
  await rm(doomed, { recursive: true, force: true, maxRetries: 3 });
  try {
    await rename(path, doomed);
  } catch (error) {
    // Another worker's upkeep was faster.
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return;
    throw error;
  }
  await rm(doomed, { recursive: true, force: true, maxRetries: 3 });
}

async function entriesOf(folder: string): Promise<Kept[]> {
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
