import { resolve } from "node:path";
import { z } from "zod";
import { provideDependencies } from "../dependencies.ts";
import { PullError } from "../errors.ts";
import type { PullStep } from "./step.ts";
import { checkInputs } from "./step-inputs.ts";

const Inputs = z.strictObject({ directory: z.string().optional() });

/**
 * `prefect_ts.steps.npm_ci`: installs the dependencies of a package-lock.json and links them as `node_modules`.
 * Output: `node_modules`, an absolute path.
 * Throws PULL_STEP_FAILED when the folder has no package-lock.json, and what provideDependencies throws.
 */
export const npmCiStep: PullStep = async (given, context) => {
  const inputs = checkInputs("npm_ci", Inputs, given);
  const checkout = resolve(context.workingDirectory, inputs.directory ?? ".");
  const { nodeModules } = await provideDependencies({ ...context, checkout });
  if (nodeModules === undefined) {
    throw new PullError(
      "PULL_STEP_FAILED",
      `npm_ci: ${checkout} has no package-lock.json. Push one, or correct \`directory\` ("{{ clone-step.directory }}", say).`,
    );
  }
  return { outputs: { node_modules: nodeModules } };
};
