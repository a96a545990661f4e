import { execFile } from "node:child_process";
import { rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { describe, expect, test } from "vitest";
import { readLocalBranch } from "../../src/git/local-ref.ts";
import { workspace } from "./support/workspace.ts";

const run = promisify(execFile);
const git = async (folder: string, ...args: string[]) =>
  (
    await run("git", ["-C", folder, "-c", "user.name=a", "-c", "user.email=a@example.org", ...args])
  ).stdout.trim();

describe("a branch of a repository on disk", () => {
  test("is read from its file, from the table of packed refs, and from its file again", async () => {
    const place = await workspace();
    const repository = await place.repository("flows");
    for (const change of ["one", "two"]) {
      const commit = await repository.push({ "flow.ts": change });
      expect(await readLocalBranch(repository.folder, "refs/heads/dev")).toBe(commit);
      await git(repository.folder, "pack-refs", "--all", "--prune");
      expect(await readLocalBranch(pathToFileURL(repository.folder).href, "refs/heads/dev")).toBe(commit);
    }
  });

  test("is found as git finds it: in .git of a working copy, and beside a name without .git", async () => {
    const place = await workspace();
    const repository = await place.repository("flows");
    const commit = await git(repository.folder, "rev-parse", "dev");
    expect(await readLocalBranch(join(place.folder, "served", "flows"), "refs/heads/dev")).toBe(commit);
    const copy = join(place.folder, "copy");
    await run("git", ["clone", "--quiet", "--branch", "dev", repository.folder, copy]);
    expect(await readLocalBranch(copy, "refs/heads/dev")).toBe(commit);
  });

  const unlike: [string, (folder: string) => Promise<string>][] = [
    [
      "a worktree",
      async (folder) => {
        await git(folder, "worktree", "add", `${folder}-tree`, "dev");
        return `${folder}-tree`;
      },
    ],
    [
      "a branch that is a link to another",
      async (folder) => {
        await git(folder, "symbolic-ref", "refs/heads/dev", "refs/heads/x");
        return folder;
      },
    ],
    ["a folder that is no repository", async (folder) => `${folder}-elsewhere`],
    [
      "refs that are kept in tables",
      async (folder) => {
        await writeFile(join(folder, "reftable"), "");
        return folder;
      },
    ],
    ["a host in the URL", async (folder) => `file://elsewhere${folder}`],
  ];

  test.each(unlike)("is left to git in the case of %s", async (_, make) => {
    const place = await workspace();
    const repository = await place.repository("flows");
    expect(await readLocalBranch(await make(repository.folder), "refs/heads/dev")).toBeUndefined();
  });

  test("is the newest commit at each checkout, also after a force push, and a lost mirror is fetched again", async () => {
    const place = await workspace();
    const repository = await place.repository("flows");
    const first = await place.checkout({ repository: repository.folder });
    expect((await place.checkout({ repository: repository.folder })).commit).toBe(first.commit);
    const second = await repository.push({ "flow.ts": "2" });
    expect((await place.checkout({ repository: repository.folder })).commit).toBe(second);
    await git(repository.folder, "update-ref", "refs/heads/dev", first.commit);
    expect((await place.checkout({ repository: repository.folder })).commit).toBe(first.commit);
    await rename(join(place.storage, "mirrors"), join(place.storage, "gone"));
    expect((await place.checkout({ repository: repository.folder })).commit).toBe(first.commit);
  });
});
