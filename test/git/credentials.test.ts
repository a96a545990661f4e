import { describe, expect, test } from "vitest";
import { authorize } from "../../src/git/credentials.ts";
import { parseRepository } from "../../src/git/repository-url.ts";

function login(url: string, given: Parameters<typeof authorize>[1]): string {
  const header = authorize(parseRepository(url), given).header ?? "";
  return Buffer.from(header.replace("Basic ", ""), "base64").toString();
}

describe("credentials", () => {
  // The same pairs as Prefect's runner/storage.py puts into the URL; a lone token gets a user name beside it.
  test.each([
    ["https://github.com/o/r", { credentials: { token: "T" } }, "x-access-token:T"],
    ["https://gitlab.com/o/r", { accessToken: "T" }, "oauth2:T"],
    ["https://gitlab.com/o/r", { accessToken: "oauth2:T" }, "oauth2:T"],
    ["https://gitlab.com/o/r", { accessToken: "deploy:T" }, "deploy:T"],
    ["https://bitbucket.org/o/r", { accessToken: "T" }, "x-token-auth:T"],
    ["https://bitbucket.org/o/r", { credentials: { username: "u", password: "p" } }, "u:p"],
    ["https://bitbucketserver.uni.no/o/r", { credentials: { token: "u:p" } }, "u:p"],
    ["https://org@dev.azure.com/o/p/_git/r", { accessToken: "T" }, "org:T"],
    ["https://host/r", { accessToken: "user:T" }, "user:T"],
    ["https://u:p@host/r", {}, "u:p"],
    ["https://u:p@host/r", { accessToken: "T" }, "u:T"],
  ])("for %s from %j log in as %s", (url, given, pair) => {
    expect(login(url, given)).toBe(pair);
  });

  test("that hold no secret, or two of them, are refused", () => {
    const repository = parseRepository("https://host/r");
    expect(() => authorize(repository, { credentials: { username: "anna" } })).toThrow(
      "no token or password (fields: username)",
    );
    expect(() => authorize(repository, { accessToken: "T", credentials: { token: "T" } })).toThrow(
      "only one",
    );
    expect(() => authorize(parseRepository("https://bitbucketserver/r"), { accessToken: "T" })).toThrow(
      "username",
    );
  });

  test("are warned of where they can be read on the way, or are of no use", () => {
    const warnings = (url: string) => authorize(parseRepository(url), { accessToken: "T" }).warnings.join();
    expect(warnings("http://git.uni.no/r")).toContain("plain http");
    expect(warnings("http://127.0.0.1:80/r")).toBe("");
    expect(warnings("git@host:o/r")).toContain("not used");
  });
});
