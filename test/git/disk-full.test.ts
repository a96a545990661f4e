import { randomBytes } from "node:crypto";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { smallDisk } from "../support/small-disk.ts";
import { failure, workspace } from "./support/workspace.ts";

test.for(["storage", "directory"])(
  "a full disk under the %s is named, and is not tried again",
  async (what, { skip }) => {
    const place = await workspace();
    const disk = join(place.folder, "disk");
    const mounted = smallDisk(disk, "256k");
    if ("skip" in mounted) return skip(mounted.skip);
    onTestFinished(mounted.remove);
    const repository = await place.repository("flows", { "big.txt": randomBytes(400_000).toString("hex") });
    const error = await failure(
      place.checkout({ repository: repository.folder, [what]: join(disk, "here") }),
    );
    expect([error.code, error.retryable]).toEqual(["GIT_DISK_FULL", false]);
    expect(error.message).toContain(disk);
  },
);
