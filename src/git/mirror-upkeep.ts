import { readdir } from "node:fs/promises";
import { join } from "node:path";
import type { Mirror } from "./mirror.ts";

/** Each fetch that brings something adds a pack; git becomes slow with many. git's own limit is 50 too. */
const MAX_PACKS = 50;

/**
 * Puts the packs of a mirror together when there are many. Called under the mirror's lock, after a fetch.
 * Commits that no branch holds any longer are kept for two weeks, since checkouts of running flows borrow them.
 */
export async function keepMirrorTidy(mirror: Mirror): Promise<void> {
  const files = await readdir(join(mirror.path, "objects", "pack"));
  if (files.filter((file) => file.endsWith(".pack")).length <= MAX_PACKS) return;
  mirror.log("debug", `Putting the packs of ${mirror.path} together.`);
  await mirror.git(["gc", "--quiet", "--prune=2.weeks.ago"], {
    directory: mirror.path,
    gitDirectory: mirror.path,
  });
}
