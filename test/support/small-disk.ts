import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync } from "node:fs";

/** A disk that is soon full. */
interface SmallDisk {
  /** Makes it as large as that, e.g. `64m`. */
  resize(size: string): void;
  /** Takes it away, also while it is in use. */
  remove(): void;
}

/**
 * Makes a disk of a size, e.g. `1m`, at a path; as root, or by `sudo` where that asks no password. Where neither may
 * mount one, gives the reason to skip a test with, which stands at the end of the test run.
 */
export function smallDisk(path: string, size: string): SmallDisk | { skip: string } {
  mkdirSync(path);
  const refusals: string[] = [];
  for (const by of [[], ["sudo", "-n"]]) {
    const run = (...command: string[]) => {
      const [program = "", ...args] = [...by, ...command];
      return spawnSync(program, args, { encoding: "utf8" });
    };
    // For everybody: it is root's, but the tests need not be.
    const mounted = run("mount", "-t", "tmpfs", "-o", `size=${size},mode=1777`, "tmpfs", path);
    if (mounted.status !== 0) {
      refusals.push((mounted.error?.message ?? mounted.stderr).trim());
      continue;
    }
    const must = (...command: string[]) => {
      const [program = "", ...args] = [...by, ...command];
      execFileSync(program, args);
    };
    return {
      resize: (larger) => must("mount", "-o", `remount,size=${larger}`, path),
      remove: () => must("umount", "--lazy", path),
    };
  }
  return { skip: `needs the right to mount a small disk: ${refusals.join("; ")}` };
}
