import { access } from "node:fs/promises";
import { join } from "node:path";
import type { Mirror } from "./mirror.ts";
import { writeCheckoutFolder } from "./repository-folder.ts";
import type { Resolved } from "./resolve-commit.ts";

/**
 * Writes `.git` and the files of a commit into an empty or missing folder: one git process, one more for sparse
 * folders and one for submodules.
 */
export async function fillWorkingTree(
  target: { directory: string; mirror: Mirror; folders: string[]; includeSubmodules: boolean },
  found: Resolved,
): Promise<void> {
  const { directory, mirror, folders } = target;
  const where = { directory, gitDirectory: join(directory, ".git") };
  await writeCheckoutFolder({
    directory,
    mirror: mirror.path,
    commit: found.commit,
    branch: found.branch,
    url: mirror.url,
  });
  if (folders.length > 0) await mirror.git(["sparse-checkout", "set", "--cone", "--", ...folders], where);
  // Not read-tree, which does the same but says nothing: simple-git waits 50 ms after silent commands.
  await mirror.git(["reset", "--hard", found.commit], where);
  await warnOfMissing(directory, folders, mirror);
  if (target.includeSubmodules) {
    // Found from the folder, as git's own scripts want it; relative URLs start from the clean remote.
    await mirror.git(["submodule", "update", "--init", "--recursive", "--progress", "--jobs", "4"], {
      directory,
    });
  }
}

async function warnOfMissing(directory: string, folders: string[], mirror: Mirror): Promise<void> {
  for (const folder of folders) {
    await access(join(directory, folder)).catch(() => {
      mirror.log(
        "warning",
        `The commit of ${mirror.url} has no folder ${JSON.stringify(folder)} (from \`directories\`).`,
      );
    });
  }
}
