import { randomUUID } from "node:crypto";
import { copyFile, mkdir, readdir, rename, rm } from "node:fs/promises";
import { basename, dirname, isAbsolute, join, normalize } from "node:path";
import { PullError } from "./errors.ts";
import { withFileLock } from "./file-lock.ts";
import type { LockFile } from "./lock-file.ts";
import type { Log } from "./log.ts";
import { npmCi } from "./npm.ts";
import { pathExists } from "./path-exists.ts";
import { markUsed } from "./storage-upkeep.ts";

/**
 * Gives the `node_modules` of a lock file, installed at most once on this machine:
 * `<storage>/dependencies/<key>/node_modules`. It is installed beside and renamed, so what is there is whole.
 * Throws DEPENDENCIES_FAILED.
 */
export async function installedDependencies(options: {
  directory: string;
  lockFile: LockFile;
  storage: string;
  log: Log;
  signal?: AbortSignal | undefined;
  env: NodeJS.ProcessEnv;
}): Promise<string> {
  const home = join(options.storage, "dependencies", options.lockFile.key);
  const installed = async () =>
    (await pathExists(join(home, "node_modules"))) ? join(home, "node_modules") : undefined;
  const { signal } = options;
  const modules = await withFileLock(
    `${home}.lock`,
    async () => (await installed()) ?? (await install(home, options)),
    {
      signal,
      shortcut: installed,
    },
  );
  await markUsed(home);
  return modules;
}

async function install(home: string, options: Parameters<typeof installedDependencies>[0]): Promise<string> {
  await removeLeftovers(home);
  const began = performance.now();
  options.log("info", `Installing the dependencies of package-lock.json (npm ci --omit=dev) into ${home}.`);
  const temporary = `${home}.installing-${randomUUID()}`;
  try {
    await mkdir(join(temporary, "node_modules"), { recursive: true });
    for (const file of ["package.json", "package-lock.json", ".npmrc", ...archivesInside(options.lockFile)]) {
      await copyIfThere(join(options.directory, file), join(temporary, file));
    }
    const { env, signal, log } = options;
    await npmCi(temporary, { env, signal, onLine: (line) => log("debug", `npm: ${line}`) });
    // A project's .npmrc may hold a registry token.
    await rm(join(temporary, ".npmrc"), { force: true });
    await mkdir(join(temporary, "node_modules"), { recursive: true });
    await rm(home, { recursive: true, force: true });
    await rename(temporary, home);
  } finally {
    await rm(temporary, { recursive: true, force: true, maxRetries: 3 });
  }
  options.log("info", `Dependencies installed in ${((performance.now() - began) / 1000).toFixed(1)} s.`);
  return join(home, "node_modules");
}

/** What installers that were killed left behind; the lock says that none is at work. */
async function removeLeftovers(home: string): Promise<void> {
  const entries = await readdir(dirname(home));
  for (const entry of entries.filter((name) => name.startsWith(`${basename(home)}.installing-`))) {
    await rm(join(dirname(home), entry), { recursive: true, force: true });
  }
}

function archivesInside(lockFile: LockFile): string[] {
  return lockFile.archives.map((path) => {
    const inside = normalize(path);
    if (!isAbsolute(inside) && !inside.startsWith("..")) return inside;
    throw new PullError(
      "DEPENDENCIES_FAILED",
      `package-lock.json takes a package from ${JSON.stringify(path)}, outside the repository. Move the archive into the repository.`,
    );
  });
}

async function copyIfThere(from: string, to: string): Promise<void> {
  await mkdir(dirname(to), { recursive: true });
  await copyFile(from, to).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== "ENOENT") throw error;
  });
}
