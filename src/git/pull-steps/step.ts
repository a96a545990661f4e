import type { Checkout } from "../checkout.ts";
import { PullError } from "../errors.ts";
import type { Log } from "../log.ts";
import type { RetryPolicy } from "../with-retries.ts";

/** What a step works with besides its inputs. */
export interface StepContext {
  /** Working directory of the steps, absolute: the run's folder until `set_working_directory` says otherwise. */
  workingDirectory: string;
  storage: string;
  env: NodeJS.ProcessEnv;
  log: Log;
  signal: AbortSignal | undefined;
  silenceMs: number | undefined;
  retry: RetryPolicy | undefined;
}

/** What a step leaves: outputs for later steps, and what it changed. */
export interface StepResult {
  outputs: Record<string, unknown>;
  workingDirectory?: string;
  checkout?: Checkout;
}

/** One kind of pull step. Inputs are resolved, `id` and `requires` taken out. */
export type PullStep = (inputs: Record<string, unknown>, context: StepContext) => Promise<StepResult>;

/** One entry of a deployment's pull steps, read: `{ "<name>": { …inputs, id?, requires? } }`. */
export interface NamedStep {
  /** As given: `prefect.deployments.steps.git_clone`. */
  name: string;
  id: string | undefined;
  inputs: Record<string, unknown>;
}

/** Reads one entry of the pull steps. Throws PULL_STEP_INPUT when it has not exactly one name. */
export function readStep(given: unknown, number: number): NamedStep {
  const entries = isRecord(given) ? Object.entries(given) : [];
  const [name, value] = entries[0] ?? [];
  if (entries.length !== 1 || name === undefined || !(isRecord(value) || value === null)) {
    const seen = isRecord(given)
      ? `the keys ${Object.keys(given).join(", ") || "(none)"}`
      : JSON.stringify(given);
    throw new PullError(
      "PULL_STEP_INPUT",
      `pull step ${number} must be one name with its inputs, such as {"prefect.deployments.steps.git_clone": {"repository": …}}; it has ${seen}.`,
    );
  }
  const { id, requires: _requires, ...inputs } = value ?? {};
  return { name, id: typeof id === "string" ? id : undefined, inputs };
}

/** Whether a value is an object with keys. */
export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
