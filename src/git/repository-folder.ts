import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";

/**
 * Writes an empty bare repository. By hand, since `git init` costs a process and copies templates; the files are those
 * of gitrepository-layout(5).
 */
export async function writeMirrorFolder(directory: string): Promise<void> {
  await mkdir(join(directory, "objects", "pack"), { recursive: true });
  await mkdir(join(directory, "refs"), { recursive: true });
  await writeFile(
    join(directory, "config"),
    "[core]\n\trepositoryformatversion = 0\n\tfilemode = true\n\tbare = true\n",
  );
  // HEAD last: it is what marks the folder as complete (mirror.ts).
  await writeFile(join(directory, "HEAD"), "ref: refs/heads/none\n");
}

/**
 * Writes the `.git` of a checkout that borrows all its objects from a mirror, with HEAD at `commit`. No file is checked
 * out yet.
 *
 * @param options.branch HEAD is this branch; detached when absent
 * @param options.url clean URL, for `git remote -v` and relative submodules
 */
export async function writeCheckoutFolder(options: {
  directory: string;
  mirror: string;
  commit: string;
  branch?: string | undefined;
  url: string;
}): Promise<void> {
  const git = join(options.directory, ".git");
  await mkdir(join(git, "objects", "info"), { recursive: true });
  await mkdir(join(git, "refs"), { recursive: true });
  const config =
    "[core]\n\trepositoryformatversion = 0\n\tfilemode = true\n\tbare = false\n\tlogallrefupdates = false\n" +
    `[remote "origin"]\n\turl = ${quoteConfig(options.url)}\n\tfetch = +refs/heads/*:refs/remotes/origin/*\n`;
  await writeFile(join(git, "config"), config);
  await writeFile(join(git, "objects", "info", "alternates"), `${join(options.mirror, "objects")}\n`);
  if (options.branch !== undefined) {
    await writeRef(git, `refs/heads/${options.branch}`, options.commit);
    await writeRef(git, `refs/remotes/origin/${options.branch}`, options.commit);
  }
  const head = options.branch === undefined ? options.commit : `ref: refs/heads/${options.branch}`;
  await writeFile(join(git, "HEAD"), `${head}\n`);
}

async function writeRef(git: string, ref: string, commit: string): Promise<void> {
  await mkdir(dirname(join(git, ref)), { recursive: true });
  await writeFile(join(git, ref), `${commit}\n`);
}

/** A value as git-config(1) wants it inside double quotes. */
function quoteConfig(value: string): string {
  return `"${value.replaceAll("\\", "\\\\").replaceAll('"', '\\"')}"`;
}
