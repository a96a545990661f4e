import type { z } from "zod";
import { PullError } from "../errors.ts";

/** Checks a step's inputs. Throws PULL_STEP_INPUT that names each wrong input; values are not shown, they may be secret. */
export function checkInputs<S extends z.ZodType>(
  step: string,
  schema: S,
  inputs: Record<string, unknown>,
): z.output<S> {
  // null is how a deployment says "not given": Prefect's own to_pull_step writes `branch: null`.
  const given = Object.fromEntries(Object.entries(inputs).filter(([, value]) => value !== null));
  const result = schema.safeParse(given);
  if (result.success) return result.data;
  const problems = result.error.issues
    .map((issue) => `${issue.path.join(".") || "inputs"}: ${issue.message}`)
    .join("; ");
  throw new PullError(
    "PULL_STEP_INPUT",
    `${step}: ${problems}. Correct the pull step in prefect.yaml and deploy again.`,
  );
}
