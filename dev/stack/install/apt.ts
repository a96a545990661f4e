import { constants } from "node:fs";
import { access } from "node:fs/promises";
import { delimiter, join } from "node:path";
import { runCommand } from "../command.ts";
import { CACHE } from "./cache.ts";
import { withLock } from "./lock.ts";

interface AptPackages {
  /** True when they are there already. */
  readonly present: () => Promise<boolean>;
  readonly packages: readonly string[];
  /** For the progress line, e.g. `about 25 s, 200 MB`. */
  readonly cost: string;
  /** What they are for, in messages. */
  readonly purpose: string;
}

/**
 * Installs Debian packages where they are missing and we are root.
 * @throws Error that gives the command to run, when we are not root, have no apt-get, or it fails
 */
export async function installWithApt(wanted: AptPackages, say: (text: string) => void): Promise<void> {
  if (await wanted.present()) return;
  const command = `apt-get install -y --no-install-recommends ${wanted.packages.join(" ")}`;
  const advice = `${wanted.purpose} needs ${wanted.packages.join(", ")}`;
  if (process.getuid?.() !== 0) throw new Error(`${advice}, which root can install: sudo ${command}`);
  if ((await findInPath("apt-get")) === undefined) {
    throw new Error(
      `${advice}; there is no apt-get here: install them with this system's own package manager`,
    );
  }
  const wait = (pid: number) => say(`another start (process ${pid}) is using apt-get; waiting for it`);
  await withLock(join(CACHE, "apt.lock"), wait, async () => {
    if (await wanted.present()) return;
    say(`installing ${wanted.packages.join(", ")} by apt-get (${wanted.cost}) ...`);
    const started = performance.now();
    const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
    const options = ["-y", "-q", "--no-install-recommends", "-o", "DPkg::Lock::Timeout=300"];
    const install = () => runCommand("apt-get", ["install", ...options, ...wanted.packages], { env });
    // On a fresh machine the lists are empty or old: then look again once with new ones.
    await install().catch(async () => {
      await runCommand("apt-get", ["update", "-q"], { env });
      await install();
    });
    say(`installed ${wanted.packages.join(", ")} in ${((performance.now() - started) / 1000).toFixed(0)} s`);
  });
  if (!(await wanted.present()))
    throw new Error(`${advice}; apt-get installed them, but they are not found. Try: ${command}`);
}

/** The full path of a program in PATH or in the system's own folders; undefined where there is none. */
export async function findInPath(program: string): Promise<string | undefined> {
  const folders = [...(process.env.PATH ?? "").split(delimiter), "/usr/sbin", "/usr/local/sbin", "/sbin"];
  for (const folder of folders.filter((name) => name !== "")) {
    const file = join(folder, program);
    const found = await access(file, constants.X_OK).then(
      () => true,
      () => false,
    );
    if (found) return file;
  }
  return undefined;
}
