import { execFileSync } from "node:child_process";
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { failure, workspace } from "./support/workspace.ts";

/** A stand-in for ssh: writes down how it was called and runs the remote command here. */
function fakeSsh(folder: string, words = ""): { program: string; calls: () => string } {
  mkdirSync(join(folder, "bin"));
  const program = join(folder, "bin", "ssh");
  const record = join(folder, "calls");
  const last = words === "" ? 'for last; do :; done; exec sh -c "$last"' : `echo '${words}' >&2; exit 255`;
  writeFileSync(program, `#!/bin/sh\necho "$@" >> ${record}\n${last}\n`);
  chmodSync(program, 0o755);
  return { program, calls: () => readFileSync(record, "utf8") };
}

describe("a repository over ssh", () => {
  test("is asked for without ever waiting for a question, with the operator's own ssh command", async () => {
    const place = await workspace();
    const repository = await place.repository("flows");
    const ssh = fakeSsh(place.folder);
    const configuration = join(place.folder, "gitconfig");
    execFileSync("git", [
      "config",
      "--file",
      configuration,
      "core.sshCommand",
      `${ssh.program} -i /keys/deploy`,
    ]);
    const { GIT_SSH_COMMAND: _, ...outer } = process.env;
    const env = { ...outer, GIT_CONFIG_GLOBAL: configuration };
    for (const url of [
      `git@museum.example:${repository.folder}`,
      `ssh://git@museum.example:2222${repository.folder}`,
    ]) {
      const checkout = await place.checkout({ repository: url, env });
      expect(checkout.commit).toBe(await repository.head());
      expect(checkout.repository).toBe(url);
    }
    expect(ssh.calls()).toMatch(
      /^-i \/keys\/deploy -oBatchMode=yes -oConnectTimeout=60 .*git@museum\.example/,
    );
    expect(ssh.calls()).toContain("-p 2222");
  });

  test.each([
    ["git@host: Permission denied (publickey).", "GIT_AUTHENTICATION_FAILED"],
    ["Host key verification failed.", "GIT_HOST_KEY_REFUSED"],
    ["ssh: connect to host museum.example port 22: Connection refused", "GIT_UNREACHABLE"],
  ])("that answers %j is %s", async (words, code) => {
    const place = await workspace();
    const { program } = fakeSsh(place.folder, words);
    const env = { ...process.env, GIT_SSH_COMMAND: program };
    const error = await failure(place.checkout({ repository: "git@museum.example:flows.git", env }));
    expect(error.code).toBe(code);
  });
});
