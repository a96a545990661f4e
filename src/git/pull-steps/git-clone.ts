import { isAbsolute, join, relative, resolve, sep } from "node:path";
import { z } from "zod";
import { createCheckout } from "../checkout.ts";
import { PullError } from "../errors.ts";
import { parseRepository } from "../repository-url.ts";
import type { PullStep } from "./step.ts";
import { checkInputs } from "./step-inputs.ts";

const text = z.string();
const Inputs = z.strictObject({
  repository: text.min(1),
  branch: text.optional(),
  commit_sha: text.optional(),
  include_submodules: z.boolean().optional(),
  access_token: text.optional(),
  /** A block's fields; more than we use. */
  credentials: z
    .looseObject({
      username: text.nullish(),
      password: text.nullish(),
      token: text.nullish(),
      access_token: text.nullish(),
    })
    .optional(),
  directories: z.array(text).optional(),
  clone_directory_name: text.optional(),
});

/**
 * `prefect.deployments.steps.git_clone`: checks a repository out into the working directory. Output: `directory`,
 * relative to the working directory as in Prefect.
 * Throws CHECKOUT_REFUSED when the folder's name leads out of the working directory, and what createCheckout throws.
 */
export const gitClone: PullStep = async (given, context) => {
  const inputs = checkInputs("git_clone", Inputs, given);
  const name = inputs.clone_directory_name || defaultName(inputs.repository, inputs.branch);
  const checkout = await createCheckout({
    repository: inputs.repository,
    branch: inputs.branch,
    commitSha: inputs.commit_sha,
    accessToken: inputs.access_token,
    credentials: withoutNulls(inputs.credentials),
    includeSubmodules: inputs.include_submodules,
    directories: inputs.directories,
    directory: inside(context.workingDirectory, name),
    ...context,
  });
  const from = checkout.branch === undefined ? "" : ` of branch ${checkout.branch}`;
  context.log("info", `Checked out commit ${checkout.commit.slice(0, 12)}${from} of ${checkout.repository}.`);
  return { outputs: { directory: relative(context.workingDirectory, checkout.directory) }, checkout };
};

/** `<repository>-<branch>`, as Prefect names it. */
function defaultName(repository: string, branch: string | undefined): string {
  const { name } = parseRepository(repository);
  return branch ? `${name}-${branch.replaceAll("/", "-")}` : name;
}

function inside(workingDirectory: string, name: string): string {
  const path = resolve(workingDirectory, name);
  const way = relative(workingDirectory, path);
  if (!isAbsolute(name) && way !== "" && way !== ".." && !way.startsWith(`..${sep}`))
    return join(workingDirectory, way);
  throw new PullError(
    "CHECKOUT_REFUSED",
    `clone_directory_name ${JSON.stringify(name)} leads out of the run's folder. Give a plain name, such as "my-flows".`,
  );
}

function withoutNulls(credentials: Record<string, unknown> | undefined) {
  if (credentials === undefined) return undefined;
  const field = (name: string) => (typeof credentials[name] === "string" ? credentials[name] : undefined);
  return {
    username: field("username"),
    password: field("password"),
    token: field("token"),
    access_token: field("access_token"),
  };
}
