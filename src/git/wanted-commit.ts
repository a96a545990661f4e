import { createHash } from "node:crypto";
import { PullError } from "./errors.ts";

/** What a run asks for: the newest commit of a branch or tag, one pinned commit, or the default branch. */
export type Wanted = { kind: "branch"; name: string } | { kind: "commit"; sha: string } | { kind: "default" };

/**
 * Reads `branch` and `commit_sha` of a pull step. A branch may also name a tag, as for `git clone --branch`.
 * Throws GIT_BAD_INPUT for both at once, for what is no commit, and for names that git refuses or takes for options.
 */
export function wantedCommit(branch: string | undefined, commitSha: string | undefined): Wanted {
  if (branch && commitSha) {
    throw new PullError(
      "GIT_BAD_INPUT",
      `branch ${JSON.stringify(branch)} and commit_sha ${commitSha} are both given; give only one of them.`,
    );
  }
  if (commitSha) {
    if (!/^[0-9a-f]{4,64}$/i.test(commitSha)) {
      throw new PullError(
        "GIT_BAD_INPUT",
        `commit_sha ${JSON.stringify(commitSha)} is no commit: give 4 to 64 hexadecimal digits, or a branch or tag as 'branch'.`,
      );
    }
    return { kind: "commit", sha: commitSha.toLowerCase() };
  }
  if (!branch) return { kind: "default" };
  if (!isRefName(branch)) {
    throw new PullError(
      "GIT_BAD_INPUT",
      `branch ${JSON.stringify(branch)} is no valid name of a branch or tag (see git check-ref-format).`,
    );
  }
  return { kind: "branch", name: branch };
}

/** The rules of git-check-ref-format(1), and no leading '-'. They also keep a name inside `.git/refs`. */
function isRefName(name: string): boolean {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: git forbids control characters
  if (/[\u0000-\u0020\u007f~^:?*[\\]|\.\.|@\{|\/\/|^[-/]|[/.]$/.test(name) || name === "@") return false;
  return name.split("/").every((part) => !part.startsWith(".") && !part.endsWith(".lock"));
}

/**
 * Where a mirror keeps what it fetched. Flat names: `a` and `a/b` cannot both be files, yet a branch `a` may be deleted
 * and `a/b` pushed.
 */
export function mirrorRef(remoteRef: string): string {
  return `refs/prefect/${createHash("sha256").update(remoteRef).digest("hex").slice(0, 20)}`;
}
