import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { workspace } from "./support/workspace.ts";

const git = (directory: string, ...args: string[]) =>
  execFileSync("git", args, { cwd: directory, encoding: "utf8" }).trim();
const read = (checkout: { directory: string }, file: string) =>
  readFileSync(join(checkout.directory, file), "utf8");

describe("a checkout", () => {
  test("has the newest commit of the branch, also one pushed since the last run", async () => {
    const place = await workspace();
    const repository = await place.repository("flows", { "flow.ts": "first" });
    const before = await place.checkout({ repository: repository.folder });
    expect(read(before, "flow.ts")).toBe("first");
    const commit = await repository.push({ "flow.ts": "second" });
    const after = await place.checkout({ repository: repository.folder });
    expect(after.commit).toBe(commit);
    expect(read(after, "flow.ts")).toBe("second");
    expect(read(before, "flow.ts"), "a running flow keeps its files").toBe("first");
  });

  test("follows a branch whose history was rewritten", async () => {
    const place = await workspace();
    const repository = await place.repository("flows", { "flow.ts": "first" });
    const first = await repository.head();
    await repository.push({ "flow.ts": "second" });
    await place.checkout({ repository: repository.folder });
    await repository.git(["update-ref", "refs/heads/dev", first ?? ""]);
    const commit = await repository.push({ "flow.ts": "instead" });
    const after = await place.checkout({ repository: repository.folder });
    expect(after.commit).toBe(commit);
    expect(read(after, "flow.ts")).toBe("instead");
  });

  test("works with git's own commands: log, rev-parse, status, remote", async () => {
    const place = await workspace();
    const repository = await place.repository("flows");
    const commit = await repository.push({ "b.ts": "2" }, { message: "Second thought" });
    const { directory } = await place.checkout({ repository: `file://${repository.folder}` });
    expect(git(directory, "rev-parse", "HEAD")).toBe(commit);
    expect(git(directory, "log", "--format=%s").split("\n")).toHaveLength(2);
    expect(git(directory, "status", "--short", "--branch")).toBe("## dev");
    expect(git(directory, "remote", "get-url", "origin")).toBe(`file://${repository.folder}`);
  });

  test("without a branch is of the default branch, and says which that is", async () => {
    const place = await workspace();
    const repository = await place.repository("flows");
    await repository.push({ "flow.ts": "other" }, { branch: "other" });
    await repository.git(["symbolic-ref", "HEAD", "refs/heads/other"]);
    const checkout = await place.checkout({ repository: repository.folder, branch: undefined });
    expect(checkout.branch).toBe("other");
    expect(read(checkout, "flow.ts")).toBe("other");
  });

  test("can be of a tag, and of a branch with slashes where another of its first part was before", async () => {
    const place = await workspace();
    const repository = await place.repository("flows", { "flow.ts": "tagged" });
    await repository.git(["tag", "-a", "-m", "one", "v1", "dev"]);
    await repository.push({ "flow.ts": "a" }, { branch: "topic" });
    await place.checkout({ repository: repository.folder, branch: "topic" });
    await repository.git(["branch", "-D", "topic"]);
    await repository.push({ "flow.ts": "b" }, { branch: "topic/b" });
    const tagged = await place.checkout({ repository: repository.folder, branch: "v1" });
    expect(read(tagged, "flow.ts")).toBe("tagged");
    expect(tagged).not.toHaveProperty("branch");
    const slashed = await place.checkout({ repository: repository.folder, branch: "topic/b" });
    expect(git(slashed.directory, "branch", "--show-current")).toBe("topic/b");
  });

  test("of a pinned commit stays there, whole hash or short, and then needs no server", async () => {
    const place = await workspace();
    const repository = await place.repository("flows", { "flow.ts": "first" });
    const first = (await repository.head()) ?? "";
    await repository.push({ "flow.ts": "second" });
    const server = await place.serve();
    const url = `${server.url}/flows.git`;
    const short = await place.checkout({ repository: url, commitSha: first.slice(0, 8) });
    expect(short.commit).toBe(first);
    expect(read(short, "flow.ts")).toBe("first");
    const asked = server.requests();
    const whole = await place.checkout({ repository: url, commitSha: first });
    expect(whole.commit).toBe(first);
    expect(server.requests()).toBe(asked);
  });

  test("has only the asked-for folders when `directories` are given", async () => {
    const place = await workspace();
    const files = {
      "README.md": "r",
      "flows/a.ts": "a",
      "flows/deep/b.ts": "b",
      "data/big.csv": "x",
      "lib/c.ts": "c",
    };
    const repository = await place.repository("flows", files);
    const { directory } = await place.checkout({
      repository: repository.folder,
      directories: ["flows", "nowhere"],
    });
    expect(readdirSync(directory).sort()).toEqual([".git", "README.md", "flows"]);
    expect(existsSync(join(directory, "flows/deep/b.ts"))).toBe(true);
    expect(place.lines.join("\n")).toContain('no folder "nowhere"');
  });

  test("brings submodules along when asked to, private ones on the same server too", async () => {
    const place = await workspace();
    const part = await place.repository("part", { "part.ts": "inner" });
    const repository = await place.repository("flows");
    await repository.push({ ".gitmodules": '[submodule "part"]\n\tpath = part\n\turl = ../part.git\n' });
    const more = { env: { GIT_INDEX_FILE: join(place.folder, "index") } };
    await repository.git(["read-tree", "dev"], undefined, more);
    const link = `160000,${await part.head()},part`;
    await repository.git(["update-index", "--add", "--cacheinfo", link], undefined, more);
    const tree = await repository.git(["write-tree"], undefined, more);
    const commit = await repository.git(["commit-tree", tree, "-p", "dev", "-m", "Add part"]);
    await repository.git(["update-ref", "refs/heads/dev", commit]);
    const server = await place.serve({ password: "submodule-token" });
    const options = { repository: `${server.url}/flows.git`, accessToken: "submodule-token" };
    const plain = await place.checkout(options);
    expect(readdirSync(join(plain.directory, "part"))).toEqual([]);
    const whole = await place.checkout({ ...options, includeSubmodules: true });
    expect(read(whole, "part/part.ts")).toBe("inner");
  });

  test("runs no hooks or templates of the machine it is made on", async () => {
    const place = await workspace();
    const repository = await place.repository("flows");
    const configuration = join(place.folder, "gitconfig");
    execFileSync("git", ["config", "--file", configuration, "core.hooksPath", join(place.folder, "hooks")]);
    execFileSync("mkdir", [join(place.folder, "hooks")]);
    const hook = `#!/bin/sh\ntouch ${join(place.folder, "hook-ran")}\n`;
    for (const name of ["post-checkout", "reference-transaction", "post-index-change"]) {
      execFileSync("sh", ["-c", `cat > "$0" && chmod +x "$0"`, join(place.folder, "hooks", name)], {
        input: hook,
      });
    }
    const { directory } = await place.checkout({
      repository: repository.folder,
      env: { ...process.env, GIT_CONFIG_GLOBAL: configuration, GIT_DIR: "/nowhere" },
    });
    expect(existsSync(join(place.folder, "hook-ran"))).toBe(false);
    expect(existsSync(join(directory, ".git", "hooks"))).toBe(false);
  });
});
