import { tmpdir } from "node:os";
import type { GitCredentials } from "./credentials.ts";
import { PullError } from "./errors.ts";
import { gitFor } from "./git-for.ts";
import { parseRepository } from "./repository-url.ts";

/**
 * Asks a repository's server for the newest commit of a branch (or of the default one), and downloads nothing.
 * @throws PullError (`GIT_…`, see errors.ts and git-failures.ts)
 */
export async function reachRepository(options: {
  repository: string;
  branch?: string | undefined;
  accessToken?: string | undefined;
  credentials?: GitCredentials | undefined;
  env: NodeJS.ProcessEnv;
  silenceMs: number;
}): Promise<{ url: string; commit: string }> {
  const repository = parseRepository(options.repository);
  const directory = tmpdir();
  const { git } = await gitFor(repository, { ...options, log: () => undefined }, directory);
  const names =
    options.branch === undefined ? ["HEAD"] : [`refs/heads/${options.branch}`, `refs/tags/${options.branch}`];
  const answer = await git(["ls-remote", "--", repository.url, ...names], { directory });
  const [commit = ""] = answer.split(/\s/);
  if (commit === "") {
    throw new PullError(
      "GIT_BRANCH_NOT_FOUND",
      `${repository.url} has no branch or tag ${options.branch ?? "at all"}. Push it, or correct \`branch\` in prefect.yaml.`,
    );
  }
  return { url: repository.url, commit };
}
