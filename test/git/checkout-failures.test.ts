import { existsSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { muteServer } from "./support/mute-server.ts";
import { commandLines } from "./support/processes.ts";
import { failure, workspace } from "./support/workspace.ts";

describe("a checkout that cannot be made", () => {
  test("of a branch that is not there names ten that are, and leaves no folder", async () => {
    const place = await workspace();
    const repository = await place.repository("flows");
    for (let number = 10; number < 22; number += 1)
      await repository.git(["branch", `topic-${number}`, "dev"]);
    const error = await failure(place.checkout({ repository: repository.folder, branch: "devel" }));
    expect(error.code).toBe("GIT_BRANCH_NOT_FOUND");
    expect(error.message).toContain('no branch or tag "devel"');
    expect(error.message).toMatch(/dev, topic-10, .*topic-18 and 3 more/);
    expect(error.retryable).toBe(false);
    expect(readdirSync(place.folder)).not.toContain("runs");
  });

  test("of a commit that is not there says so", async () => {
    const place = await workspace();
    const repository = await place.repository("flows");
    for (const commitSha of ["0123456789abcdef0123456789abcdef01234567", "0123abc"]) {
      const error = await failure(place.checkout({ repository: repository.folder, commitSha }));
      expect(error.code).toBe("GIT_COMMIT_NOT_FOUND");
      expect(error.message).toContain(commitSha);
    }
  });

  test("of a repository that is not there says so, on disk and over HTTP", async () => {
    const place = await workspace();
    await place.repository("flows");
    const server = await place.serve();
    for (const repository of [`${server.url}/other.git`, join(place.folder, "other.git")]) {
      const error = await failure(place.checkout({ repository }));
      expect(error.code).toBe("GIT_REPOSITORY_NOT_FOUND");
      expect(error.message).toContain("other.git");
    }
  });

  test("since the server refuses connections is tried again, and works when the server is back", async () => {
    const place = await workspace();
    await place.repository("flows");
    const server = await place.serve();
    await server.setFault({ kind: "down" });
    const repository = `${server.url}/flows.git`;
    const error = await failure(place.checkout({ repository }));
    expect([error.code, error.retryable]).toEqual(["GIT_UNREACHABLE", true]);
    const back = (attempt: number) => {
      if (attempt === 2) void server.setFault({ kind: "none" });
      return 50;
    };
    const checkout = await place.checkout({ repository, retry: { attempts: 6, delayMs: back } });
    expect(checkout.branch).toBe("dev");
    expect(place.lines.join("\n")).toContain("Trying again in 50 ms (2 of 5)");
  });

  test("since the host has no address says that it cannot be reached", async () => {
    const place = await workspace();
    const error = await failure(place.checkout({ repository: "http://no-such-host.invalid/flows.git" }));
    expect([error.code, error.retryable]).toEqual(["GIT_UNREACHABLE", true]);
  });

  test("since the server fails is worth another try", async () => {
    const place = await workspace();
    await place.repository("flows");
    const server = await place.serve();
    await server.setFault({ kind: "error" });
    const error = await failure(place.checkout({ repository: `${server.url}/flows.git` }));
    expect([error.code, error.retryable]).toEqual(["GIT_SERVER_ERROR", true]);
  });

  test("since the server is mute ends at the limit of silence, with all its processes", async () => {
    const place = await workspace();
    const url = await muteServer();
    const error = await failure(place.checkout({ repository: `${url}/flows.git`, silenceMs: 400 }));
    expect([error.code, error.retryable]).toEqual(["GIT_TIMEOUT", true]);
    expect(error.message).toContain("said nothing for 0.4 s");
    expect(await commandLines(url)).toEqual([]);
  });

  test("since it is cancelled ends at once, with all its processes", async () => {
    const place = await workspace();
    const url = await muteServer();
    const stop = new AbortController();
    const made = failure(place.checkout({ repository: `${url}/flows.git`, signal: stop.signal }));
    await expect.poll(() => commandLines(url), { timeout: 5_000 }).not.toEqual([]);
    stop.abort();
    expect((await made).code).toBe("GIT_CANCELLED");
    expect(await commandLines(url)).toEqual([]);
  });

  test("since git is not installed says what to install", async () => {
    const place = await workspace();
    const repository = await place.repository("flows");
    const env = { ...process.env, PATH: "/nowhere" };
    const error = await failure(place.checkout({ repository: repository.folder, env }));
    expect(error.code).toBe("GIT_NOT_INSTALLED");
    expect(error.message).toContain("apt-get install git");
  });

  test("into a folder that holds files leaves them alone", async () => {
    const place = await workspace();
    const repository = await place.repository("flows");
    const directory = join(place.folder, "full");
    mkdirSync(directory);
    writeFileSync(join(directory, "mine.txt"), "mine");
    const error = await failure(place.checkout({ repository: repository.folder, directory }));
    expect(error.code).toBe("CHECKOUT_REFUSED");
    expect(error.message).toContain("mine.txt");
    expect(existsSync(join(directory, "mine.txt"))).toBe(true);
  });

  test.each([
    [{ branch: "--upload-pack=touch x" }, "no valid name"],
    [{ branch: "a/../../b" }, "no valid name"],
    [{ branch: "dev", commitSha: "abcdef0" }, "both given"],
    [{ commitSha: "main" }, "no commit"],
    [{ directories: ["../other"] }, "directories"],
    [{ repository: "--upload-pack=touch x" }, "starts with '-'"],
    [{ repository: "ext::sh -c touch% x" }, "remote helpers"],
    [{ repository: "ssh://-oProxyCommand=touch/x" }, "starts with '-'"],
    [{ repository: "git://host/flows.git" }, "not supported"],
  ])("from bad input %j touches nothing", async (options, words) => {
    const place = await workspace();
    const error = await failure(place.checkout({ repository: "/nowhere.git", ...options }));
    expect(error.code).toBe("GIT_BAD_INPUT");
    expect(error.message).toContain(words);
    expect(readdirSync(place.folder)).toEqual([]);
  });
});
