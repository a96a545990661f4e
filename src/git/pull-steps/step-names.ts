import { PullError } from "../errors.ts";
import { gitClone } from "./git-clone.ts";
import { npmCiStep } from "./npm-ci.ts";
import { runShellScript } from "./run-shell-script.ts";
import { setWorkingDirectory } from "./set-working-directory.ts";
import type { PullStep } from "./step.ts";

const STEPS: Record<string, PullStep> = {
  git_clone: gitClone,
  set_working_directory: setWorkingDirectory,
  run_shell_script: runShellScript,
};

/** Prefect's steps that have no meaning without Python, and what to do instead. */
const REFUSED: Record<string, string> = {
  pip_install_requirements:
    "there is no Python here; push a package-lock.json, whose dependencies are installed by themselves",
  pull_from_remote_storage: "only git is supported; use git_clone",
  pull_with_block: "only git is supported; use git_clone, with `credentials` for a credentials block",
};

/** The modules in which Prefect has kept its steps over the years. */
const PREFECT_MODULE = /^prefect\.(?:deployments|projects)\.steps\.(?:(?:pull|utility)\.)?(\w+)$/;

/**
 * Finds what a step's name stands for.
 * Throws PULL_STEP_REFUSED for steps of Python's world, PULL_STEP_UNKNOWN (with the known names) for any other.
 */
export function findStep(name: string): PullStep {
  if (name === "prefect_ts.steps.npm_ci") return npmCiStep;
  const short = PREFECT_MODULE.exec(name)?.[1]
    ?.replace(/^agit_clone$/, "git_clone")
    .replace(/^git_clone_project$/, "git_clone");
  const step = short !== undefined && Object.hasOwn(STEPS, short) ? STEPS[short] : undefined;
  if (step !== undefined) return step;
  const reason = short !== undefined && Object.hasOwn(REFUSED, short) ? REFUSED[short] : undefined;
  if (reason !== undefined) {
    throw new PullError(
      "PULL_STEP_REFUSED",
      `the pull step ${name} is not possible: ${reason}. Take it out of the pull steps.`,
    );
  }
  const known = [
    ...Object.keys(STEPS).map((key) => `prefect.deployments.steps.${key}`),
    "prefect_ts.steps.npm_ci",
  ];
  throw new PullError(
    "PULL_STEP_UNKNOWN",
    `there is no pull step ${JSON.stringify(name)}. Known steps: ${known.join(", ")}.`,
  );
}
