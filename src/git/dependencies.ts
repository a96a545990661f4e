import { lstat, readFile, rm, symlink } from "node:fs/promises";
import { join } from "node:path";
import { installedDependencies } from "./dependency-store.ts";
import { type LockFile, readLockFile } from "./lock-file.ts";
import type { Log } from "./log.ts";
import { npmCi } from "./npm.ts";
import { pathExists } from "./path-exists.ts";

/** Where a checkout's libraries come from. */
export interface Dependencies {
  /**
   * `own`: the lock file equals the runner's, whose node_modules is linked; `installed`: linked from the store;
   * `in-place`: installed into the checkout; `present`: the checkout brought a node_modules;
   * `none`: nothing linked, the runner's own libraries are to be used.
   */
  kind: "own" | "installed" | "in-place" | "present" | "none";
  /** Absolute path of the checkout's node_modules, absent for `none`. */
  nodeModules?: string;
}

/**
 * Makes the libraries that a checkout asks for available as its `node_modules`.
 *
 * @param options.checkout folder that holds package.json and package-lock.json
 * @param options.own lock file and node_modules of the image or project that runs us; left out where there is none
 * @param options.storage folder shared by all runs of this machine
 * Throws DEPENDENCIES_FAILED (npm's last lines), GIT_CANCELLED.
 */
export async function provideDependencies(options: {
  checkout: string;
  own?: { lockFile: string; nodeModules: string } | undefined;
  storage: string;
  log: Log;
  signal?: AbortSignal | undefined;
  env: NodeJS.ProcessEnv;
}): Promise<Dependencies> {
  const { checkout, own, log } = options;
  const nodeModules = join(checkout, "node_modules");
  if (await pathExists(nodeModules)) return { kind: "present", nodeModules };
  const lockFile = await readLockFile(checkout);
  if (lockFile === undefined) {
    await warnOfMissingLockFile(checkout, log);
    return { kind: "none" };
  }
  if (own !== undefined && (await equals(lockFile, own.lockFile))) {
    await link(own.nodeModules, nodeModules);
    return { kind: "own", nodeModules };
  }
  if (lockFile.links.length > 0) {
    const links = lockFile.links.slice(0, 3).join(", ");
    log(
      "info",
      `Installing dependencies into the checkout: they cannot be shared, since ${links} are folders of the repository.`,
    );
    const { env, signal } = options;
    await npmCi(checkout, { env, signal, onLine: (line) => log("debug", `npm: ${line}`) }).catch(
      async (error) => {
        await rm(nodeModules, { recursive: true, force: true, maxRetries: 3 });
        throw error;
      },
    );
    return { kind: "in-place", nodeModules };
  }
  await link(await installedDependencies({ ...options, directory: checkout, lockFile }), nodeModules);
  return { kind: "installed", nodeModules };
}

async function warnOfMissingLockFile(checkout: string, log: Log): Promise<void> {
  if (!(await pathExists(join(checkout, "package.json")))) return;
  log(
    "warning",
    `${checkout} has a package.json but no package-lock.json: its dependencies are not installed, the runner's own libraries are used. ` +
      "Run `npm install` in the repository and push package-lock.json.",
  );
}

async function equals(lockFile: LockFile, path: string): Promise<boolean> {
  const own = await readFile(path).catch(() => undefined);
  return own?.equals(lockFile.bytes) ?? false;
}

async function link(target: string, path: string): Promise<void> {
  await symlink(target, path, "dir").catch(async (error: NodeJS.ErrnoException) => {
    // Two callers at once make the same link.
    if (error.code !== "EEXIST" || !(await lstat(path)).isSymbolicLink()) throw error;
  });
}
