import { execFileSync, spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { failure, workspace } from "./support/workspace.ts";

/** A disk of 256 KiB; undefined where this user may mount none. */
function smallDisk(folder: string): string | undefined {
  const path = join(folder, "disk");
  mkdirSync(path);
  const mounted = spawnSync("mount", ["-t", "tmpfs", "-o", "size=256k", "tmpfs", path]);
  if (mounted.status !== 0) return undefined;
  onTestFinished(() => void execFileSync("umount", ["--lazy", path]));
  return path;
}

test.for(["storage", "directory"])(
  "a full disk under the %s is named, and is not tried again",
  async (what, { skip }) => {
    const place = await workspace();
    const disk = smallDisk(place.folder);
    if (disk === undefined) return skip("needs the right to mount a small disk");
    const repository = await place.repository("flows", { "big.txt": randomBytes(400_000).toString("hex") });
    const error = await failure(
      place.checkout({ repository: repository.folder, [what]: join(disk, "here") }),
    );
    expect([error.code, error.retryable]).toEqual(["GIT_DISK_FULL", false]);
    expect(error.message).toContain(disk);
  },
);
