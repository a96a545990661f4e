import { realpath, stat } from "node:fs/promises";
import { isAbsolute, relative, resolve } from "node:path";
import { z } from "zod";
import { PullError } from "../errors.ts";
import type { PullStep } from "./step.ts";
import { checkInputs } from "./step-inputs.ts";

const Inputs = z.strictObject({ directory: z.string().min(1) });

/**
 * `prefect.deployments.steps.set_working_directory`: later steps and the flow's entrypoint start from this folder.
 * An absolute path may lie anywhere, as in Prefect, but must exist. Output: `directory`, absolute.
 * Throws CHECKOUT_REFUSED when there is no such folder.
 */
export const setWorkingDirectory: PullStep = async (given, context) => {
  const { directory } = checkInputs("set_working_directory", Inputs, given);
  const path = resolve(context.workingDirectory, directory);
  const stats = await stat(path).catch(() => undefined);
  if (!stats?.isDirectory()) {
    throw new PullError(
      "CHECKOUT_REFUSED",
      `set_working_directory: ${path} is ${stats === undefined ? "not there" : "no folder"} ` +
        `(directory: ${JSON.stringify(directory)}, working directory: ${context.workingDirectory}). Correct \`directory\` in the pull step.`,
    );
  }
  const real = await realpath(path);
  if (isAbsolute(directory) && relative(context.workingDirectory, real).startsWith("..")) {
    context.log(
      "info",
      `The working directory ${real} lies outside of the run's own folder; it is shared with other runs.`,
    );
  }
  return { outputs: { directory: real }, workingDirectory: real };
};
