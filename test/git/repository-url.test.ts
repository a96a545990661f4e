import { resolve } from "node:path";
import { describe, expect, test } from "vitest";
import { mirrorName, parseRepository } from "../../src/git/repository-url.ts";

describe("a repository's address", () => {
  test.each([
    ["https://github.com/org/repo.git", "http", "https://github.com/org/repo.git", "repo"],
    ["https://anna:pw@host:8443/a/b.git#x", "http", "https://host:8443/a/b.git", "b"],
    ["http://host/group/sub/flows/", "http", "http://host/group/sub/flows/", "flows"],
    ["ssh://git@host:2222/org/repo.git", "ssh", "ssh://git@host:2222/org/repo.git", "repo"],
    ["git@github.com:org/repo.git", "ssh", "git@github.com:org/repo.git", "repo"],
    ["file:///srv/git/flows.git", "local", "file:///srv/git/flows.git", "flows"],
    ["/srv/git/flows.git/", "local", "/srv/git/flows.git/", "flows"],
    ["./flows", "local", resolve("flows"), "flows"],
  ])("%s is %s", (given, kind, url, name) => {
    expect(parseRepository(given)).toMatchObject({ kind, url, name });
  });

  test("gives its user and password apart, decoded", () => {
    const { embedded } = parseRepository("https://anna%40uni.no:p%2Fw@host/x.git");
    expect(embedded).toEqual({ username: "anna@uni.no", password: "p/w" });
  });

  test("names a mirror of its own, the same with and without credentials", () => {
    const name = (given: string) => mirrorName(parseRepository(given));
    expect(name("https://anna:pw@host/a/flows.git")).toBe(name("https://host/a/flows.git"));
    expect(name("https://host/b/flows.git")).not.toBe(name("https://host/a/flows.git"));
    expect(name("https://host/a/..%2f..%2fx")).toMatch(/^[\w.-]+$/);
    expect(name("https://host/a/flows.git")).toMatch(/^flows-[0-9a-f]{16}$/);
  });
});
