import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { runCommand } from "../../../dev/stack/command.ts";
import { BareRepository } from "../../../dev/stack/git/repository.ts";
import { temporaryFolder } from "../../support/temporary-folder.ts";

async function workTree(): Promise<string> {
  const folder = await temporaryFolder();
  await mkdir(join(folder, "node_modules"));
  await writeFile(join(folder, "node_modules", "big.js"), "big");
  await writeFile(join(folder, ".gitignore"), "node_modules/\n");
  await writeFile(join(folder, "flow.ts"), "first");
  return folder;
}

async function bare(): Promise<BareRepository> {
  return await BareRepository.create(join(await temporaryFolder(), "published.git"));
}

test("a folder that is no git work tree is published without what .gitignore names", async () => {
  const folder = await workTree();
  const repository = await bare();
  const commit = await repository.publishFolder(folder);
  expect((await repository.git(["ls-tree", "-r", "--name-only", commit])).split("\n")).toEqual([
    ".gitignore",
    "flow.ts",
  ]);
});

test("publishing again adds a commit with the changes on top", async () => {
  const folder = await workTree();
  const repository = await bare();
  const first = await repository.publishFolder(folder);
  await writeFile(join(folder, "flow.ts"), "second");
  const second = await repository.publishFolder(folder);
  expect(await repository.git(["show", `${second}:flow.ts`])).toBe("second");
  expect(await repository.git(["rev-parse", `${second}^`])).toBe(first);
});

test("a git work tree keeps its own branch, index and objects", async () => {
  const folder = await workTree();
  await runCommand("git", ["init", "--quiet", folder]);
  await runCommand("git", ["-C", folder, "add", ".gitignore"]);
  const index = await readFile(join(folder, ".git", "index"));
  const repository = await bare();
  await repository.publishFolder(folder);
  expect(await readFile(join(folder, ".git", "index"))).toEqual(index);
  expect(await runCommand("git", ["-C", folder, "status", "--porcelain"])).toBe("A  .gitignore\n?? flow.ts");
  expect(await runCommand("git", ["-C", folder, "for-each-ref"])).toBe("");
});

test("a commit made later in the work tree can be pushed on top of what was published", async () => {
  const folder = await workTree();
  const git = (...args: string[]) =>
    runCommand("git", ["-C", folder, "-c", "user.name=Test", "-c", "user.email=test@localhost", ...args]);
  await git("init", "--quiet");
  await git("add", "--all");
  await git("commit", "--quiet", "-m", "First");
  const repository = await bare();
  expect(await repository.publishFolder(folder)).toBe(await git("rev-parse", "HEAD"));
  await git("commit", "--quiet", "--allow-empty", "-m", "Second");
  await git("push", "--quiet", repository.folder, "HEAD:dev");
  expect(await repository.head()).toBe(await git("rev-parse", "HEAD"));
});
