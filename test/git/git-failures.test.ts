import { expect, test } from "vitest";
import { classifyGitFailure } from "../../src/git/git-failures.ts";

// Messages of git 2.39 that the other tests cannot bring about.
test.each([
  ["error: unable to write file: No space left on device", "GIT_DISK_FULL", false],
  ["git@github.com: Permission denied (publickey).", "GIT_AUTHENTICATION_FAILED", false],
  [
    "fatal: unable to access 'https://h/r/': The requested URL returned error: 403",
    "GIT_AUTHENTICATION_FAILED",
    false,
  ],
  [
    "Host key verification failed.\nfatal: Could not read from remote repository.",
    "GIT_HOST_KEY_REFUSED",
    false,
  ],
  ["ssh: connect to host h port 22: Connection refused", "GIT_UNREACHABLE", true],
  ["ssh: Could not resolve hostname h: Name or service not known", "GIT_UNREACHABLE", true],
  ["ssh: connect to host h port 22: Connection timed out", "GIT_TIMEOUT", true],
  ["ERROR: Repository not found.", "GIT_REPOSITORY_NOT_FOUND", false],
  ["remote: The project you were looking for could not be found", "GIT_REPOSITORY_NOT_FOUND", false],
  [
    "fatal: unable to access 'https://h/': SSL certificate problem: self-signed certificate",
    "GIT_CERTIFICATE_REFUSED",
    false,
  ],
  ["fatal: unable to access 'https://h/': The requested URL returned error: 429", "GIT_SERVER_ERROR", true],
  [
    "error: RPC failed; curl 18 transfer closed with outstanding read data remaining",
    "GIT_UNREACHABLE",
    true,
  ],
  ["fatal: detected dubious ownership in repository at '/srv/x'", "GIT_OWNERSHIP_REFUSED", false],
  ["fatal: something git has never said before", "GIT_FAILED", false],
])("%j is %s", (stderr, code, retryable) => {
  expect(classifyGitFailure(stderr)).toMatchObject({ code, retryable });
});
