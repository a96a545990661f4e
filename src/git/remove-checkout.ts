import { chmod, lstat, readdir, realpath, rm } from "node:fs/promises";
import { basename, dirname, join, relative, resolve, sep } from "node:path";
import { PullError } from "./errors.ts";

/**
 * Removes a folder of a run and all in it. Symbolic links are removed, never followed; folders that the flow made
 * unwritable are opened first. No error when it is gone already.
 *
 * @param options.within the folder must lie inside this one, really (links in its parents resolved)
 * Throws CHECKOUT_REFUSED when it does not.
 */
export async function removeCheckout(options: { directory: string; within: string }): Promise<void> {
  const directory = resolve(options.directory);
  const parent = await realpath(dirname(directory)).catch(() => undefined);
  if (parent === undefined) return;
  const real = join(parent, basename(directory));
  const path = relative(await realpath(options.within), real);
  if (path === "" || path === ".." || path.startsWith(`..${sep}`) || resolve(path) === path) {
    throw new PullError(
      "CHECKOUT_REFUSED",
      `${directory} is not removed: it does not lie inside ${options.within}.`,
    );
  }
  try {
    await remove(real);
  } catch (error) {
    if (!["EACCES", "EPERM", "ENOTEMPTY"].includes((error as NodeJS.ErrnoException).code ?? "")) throw error;
    await makeWritable(real);
    await remove(real);
  }
}

function remove(path: string): Promise<void> {
  // Retries: a process of the run may still be writing.
  return rm(path, { recursive: true, force: true, maxRetries: 5, retryDelay: 50 });
}

async function makeWritable(path: string): Promise<void> {
  const stats = await lstat(path);
  if (!stats.isDirectory()) return;
  await chmod(path, 0o700);
  for (const entry of await readdir(path)) await makeWritable(join(path, entry));
}
