import { lstat, readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/**
 * The commit that a branch (`refs/heads/dev`) of a repository on this machine's disk names now, read from its files as
 * gitrepository-layout(5) describes them: as new as what `git fetch` would find, without two processes. Undefined for
 * every repository that is laid out otherwise (a worktree, refs in tables), and where only git can tell.
 * @param url absolute path or `file://` URL
 */
export async function readLocalBranch(url: string, branch: string): Promise<string | undefined> {
  if (!branch.startsWith("refs/heads/")) return undefined;
  const folder = await gitFolder(url);
  if (folder === undefined) return undefined;
  // In this order: git writes the table before it removes the file.
  const own = await readText(join(folder, branch));
  if (own !== undefined) return /^([0-9a-f]{40}|[0-9a-f]{64})\n?$/.test(own) ? own.trim() : undefined;
  const packed = await readText(join(folder, "packed-refs"));
  const line = packed?.split("\n").find((entry) => entry.endsWith(` ${branch}`));
  return line?.slice(0, line.indexOf(" "));
}

/** Where git finds the repository: in `.git` first, then in the folder itself, then beside it as `NAME.git`. */
async function gitFolder(url: string): Promise<string | undefined> {
  const path = url.startsWith("file:") ? pathOf(url) : url;
  if (path === undefined) return undefined;
  for (const folder of [join(path, ".git"), path, `${path}.git`]) {
    const kind = await kindOf(folder);
    if (kind === "file") return undefined;
    if (kind === undefined || (await kindOf(join(folder, "HEAD"))) !== "file") continue;
    const [refs, tables, shared] = await Promise.all(
      ["refs/heads", "reftable", "commondir"].map((name) => kindOf(join(folder, name))),
    );
    return refs === "folder" && tables === undefined && shared === undefined ? folder : undefined;
  }
  return undefined;
}

/** Undefined for a URL with a host: that is for git to refuse. */
function pathOf(url: string): string | undefined {
  return new URL(url).host === "" ? fileURLToPath(url) : undefined;
}

async function kindOf(path: string): Promise<"file" | "folder" | undefined> {
  const found = await lstat(path).catch(() => undefined);
  if (found === undefined) return undefined;
  return found.isDirectory() ? "folder" : "file";
}

function readText(path: string): Promise<string | undefined> {
  return readFile(path, "utf8").catch(() => undefined);
}
