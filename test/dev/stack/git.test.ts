import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { runCommand } from "../../../dev/stack/command.ts";
import { BareRepository } from "../../../dev/stack/git/repository.ts";
import { type GitServer, startGitServer } from "../../../dev/stack/git/server.ts";
import { temporaryFolder } from "../../support/temporary-folder.ts";

let folder: string;
let server: GitServer;

beforeAll(async () => {
  folder = await temporaryFolder();
  server = await startGitServer({ folder });
});
afterAll(() => server.close());

const identity = ["-c", "user.name=Test", "-c", "user.email=test@localhost"];

async function makeRepository(name: string) {
  const repository = await BareRepository.create(join(folder, `${name}.git`));
  return { repository, url: `${server.url}/${name}.git` };
}

async function clone(url: string, ...options: string[]): Promise<string> {
  const target = await temporaryFolder();
  await runCommand("git", ["clone", "--quiet", ...options, url, target], {
    env: { ...process.env, GIT_TERMINAL_PROMPT: "0" },
  });
  return target;
}

test("a commit made in the bare repository is in a clone over HTTP", async () => {
  const { repository, url } = await makeRepository("one");
  const id = await repository.commitFile("flows/hello.ts", "export const hei = 'Blåbær';\n");
  const work = await clone(url, "--branch", "dev", "--depth", "1");
  expect(await readFile(join(work, "flows/hello.ts"), "utf8")).toBe("export const hei = 'Blåbær';\n");
  expect(await runCommand("git", ["-C", work, "rev-parse", "HEAD"])).toBe(id);
});

test("a push over HTTP arrives in the bare repository", async () => {
  const { repository, url } = await makeRepository("two");
  await repository.commitFile("a.txt", "a");
  const work = await clone(url, "--branch", "dev");
  await runCommand("git", ["-C", work, ...identity, "commit", "--quiet", "--allow-empty", "-m", "Pushed"]);
  await runCommand("git", ["-C", work, "push", "--quiet", "origin", "dev"]);
  expect(await repository.head()).toBe(await runCommand("git", ["-C", work, "rev-parse", "HEAD"]));
});

test("changes, removals and other branches build on what is there", async () => {
  const { repository } = await makeRepository("three");
  const first = await repository.push({ "a.txt": "a", "b.txt": "b" });
  const second = await repository.push({ "a.txt": null, "c.txt": Buffer.from([0, 1, 2]) });
  expect(await repository.git(["rev-parse", `${second}^`])).toBe(first);
  expect((await repository.git(["ls-tree", "--name-only", second])).split("\n")).toEqual(["b.txt", "c.txt"]);
  await repository.push({ "d.txt": "d" }, { branch: "main" });
  expect(await repository.git(["ls-tree", "--name-only", "main"])).toBe("d.txt");
});

test("two pushes at the same time both arrive", async () => {
  const { repository } = await makeRepository("four");
  await repository.commitFile("start.txt", "start");
  await Promise.all([repository.commitFile("left.txt", "l"), repository.commitFile("right.txt", "r")]);
  const names = (await repository.git(["ls-tree", "--name-only", "dev"])).split("\n");
  expect(names).toEqual(["left.txt", "right.txt", "start.txt"]);
});

test("with credentials only who has them may clone", async () => {
  const guarded = await startGitServer({ folder, credentials: { user: "reader", password: "s3cret" } });
  try {
    const { repository } = await makeRepository("five");
    await repository.commitFile("a.txt", "a");
    await expect(clone(`${guarded.url}/five.git`)).rejects.toThrow(
      /could not read Username|Authentication failed/,
    );
    const address = guarded.url.replace("http://", "http://reader:s3cret@");
    const work = await clone(`${address}/five.git`, "--branch", "dev");
    expect(await readFile(join(work, "a.txt"), "utf8")).toBe("a");
  } finally {
    await guarded.close();
  }
});

test("the server can fail, be away, and come back on the same port", async () => {
  const { repository, url } = await makeRepository("six");
  await repository.commitFile("a.txt", "a");
  await server.setFault({ kind: "error" });
  await expect(clone(url)).rejects.toThrow(/500/);
  await server.setFault({ kind: "down" });
  await expect(clone(url)).rejects.toThrow(/Failed to connect|Connection refused|Couldn't connect/);
  await server.setFault({ kind: "none" });
  await clone(url, "--branch", "dev");
});
