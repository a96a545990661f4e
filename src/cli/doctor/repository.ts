import type { Diagnosis } from "../../checks/diagnosis.ts";
import { type Outcome, outcomeOf } from "../../checks/outcome.ts";
import { PullError } from "../../git/errors.ts";
import { reachRepository } from "../../git/reach-repository.ts";
import { fillFromEnvironment } from "../deploy/placeholders.ts";
import type { PrefectYaml } from "../deploy/schema.ts";

/** A git server that is silent for so long is not there. */
const SILENCE_MILLISECONDS = 20_000;
const CLONE = /(?:^|\.)git_clone$/;

interface Clone {
  repository: string;
  branch?: string;
  access_token?: string;
}

/** Asks the repository that runs are cloned from: of `prefect.yaml`, else of GIT_REPOSITORY_URL. */
export async function checkRepository(
  file: () => PrefectYaml | undefined,
  env: NodeJS.ProcessEnv,
  signal: AbortSignal,
): Promise<Outcome> {
  return await outcomeOf("git", diagnoseGit, signal, async () => {
    const { repository, branch, access_token } = cloneOf(file(), env);
    const { url, commit } = await reachRepository({
      repository,
      branch,
      // A block's token is the worker's: here git's own credentials are tried.
      accessToken: access_token?.includes("{{") ? undefined : access_token,
      env,
      silenceMs: SILENCE_MILLISECONDS,
    });
    return `${url}, ${branch === undefined ? "default branch" : `branch ${branch}`} at ${commit.slice(0, 12)}`;
  });
}

/** @throws PullError when nothing says which repository */
function cloneOf(file: PrefectYaml | undefined, env: NodeJS.ProcessEnv): Clone {
  const steps = [...(file?.pull ?? []), ...(file?.deployments ?? []).flatMap(({ pull }) => pull ?? [])];
  for (const step of steps) {
    for (const [name, inputs] of Object.entries(step)) {
      if (!CLONE.test(name) || typeof inputs !== "object" || inputs === null) continue;
      const missing = new Set<string>();
      const clone = fillFromEnvironment(inputs as Record<string, string>, env, {
        missing,
        outputs: new Set(),
      });
      if (missing.size === 0) return clone as unknown as Clone;
      throw new PullError(
        "GIT_BAD_INPUT",
        `prefect.yaml clones from a repository that ${[...missing].join(", ")} should name, which is not set. Set it.`,
      );
    }
  }
  if (env.GIT_REPOSITORY_URL) return { repository: env.GIT_REPOSITORY_URL };
  throw new PullError(
    "GIT_BAD_INPUT",
    "No repository is named: there is no git_clone step in ./prefect.yaml, and GIT_REPOSITORY_URL is not set.",
  );
}

/** Errors of git say in their own words what to do. */
function diagnoseGit(error: unknown): Diagnosis {
  const code = error instanceof PullError ? error.code : undefined;
  return {
    pattern: code?.toLowerCase().replaceAll("_", "-") ?? "unknown",
    code,
    message: error instanceof Error ? error.message : String(error),
    cause: "Runs clone their code from here at their start.",
    whatToDo: "Correct the repository, the branch or the credentials of the git_clone step, or the network.",
  };
}
