import { mkdir } from "node:fs/promises";
import { resolve as resolvePath } from "node:path";
import type { Checkout } from "../checkout.ts";
import { PullError, throwIfCancelled } from "../errors.ts";
import type { Log } from "../log.ts";
import type { RetryPolicy } from "../with-retries.ts";
import { isRecord, type NamedStep, readStep, type StepContext, type StepResult } from "./step.ts";
import { findStep } from "./step-names.ts";
import { applyOutputs } from "./step-outputs.ts";

/** What the pull steps brought about. */
export interface PullResult {
  /** Absolute folder from which the flow's entrypoint is loaded. */
  directory: string;
  /** The last `git_clone`, if there was one. */
  checkout?: Checkout;
  /** Outputs of all steps, by name and by the `id` of their step. */
  outputs: Record<string, unknown>;
}

/** A step as Prefect's events describe it: inputs before anything secret is put into them. */
export interface StepDescription {
  index: number;
  qualified_name: string;
  step_name: string;
  id: string | null;
  inputs: Record<string, unknown>;
}

/**
 * Runs a deployment's pull steps in order, as Prefect's `run_steps` does: each step's inputs get the outputs of earlier
 * ones, then blocks and variables; the last `directory` is where the flow is.
 * Unknown names are refused before the first step runs.
 *
 * @param options.runDirectory the run's own folder, made when missing
 * @param options.storage folder of mirrors and dependencies, shared by all runs of this machine
 * @param options.env environment of git, npm and scripts
 * @param options.resolve puts blocks and variables into a step's inputs
 * @param options.silenceMs limit for a mute git server, default 60 000 ms
 * @param options.claimed scripts wait for it: until then another worker may be the one to run the flow
 * @param options.onStep told of each step's end: the payload of Prefect's events `prefect.flow-run.pull-step.<outcome>`
 * Throws PullError.
 */
export async function runPullSteps(options: {
  steps: readonly unknown[];
  runDirectory: string;
  storage: string;
  env: NodeJS.ProcessEnv;
  log: Log;
  signal?: AbortSignal | undefined;
  resolve?: ((value: unknown) => Promise<unknown>) | undefined;
  silenceMs?: number | undefined;
  retry?: RetryPolicy | undefined;
  claimed?: Promise<void> | undefined;
  onStep?: ((step: StepDescription, outcome: "executed" | "failed") => void) | undefined;
}): Promise<PullResult> {
  const { log, signal, env } = options;
  const steps = options.steps.flatMap((given, index) => (isEmpty(given) ? [] : [readStep(given, index + 1)]));
  for (const step of steps) findStep(step.name);
  const context: StepContext = {
    workingDirectory: resolvePath(options.runDirectory),
    storage: resolvePath(options.storage),
    env,
    log,
    signal,
    silenceMs: options.silenceMs,
    retry: options.retry,
  };
  // The step before may still be at work when the claim is refused.
  options.claimed?.catch(() => undefined);
  await mkdir(context.workingDirectory, { recursive: true });
  const outputs: Record<string, unknown> = {};
  let checkout: Checkout | undefined;
  const runStep = async (step: NamedStep, index: number): Promise<StepResult> => {
    try {
      const inputs = await resolveInputs(step, outputs, options);
      const result = await findStep(step.name)(inputs, context);
      options.onStep?.(describe(step, index), "executed");
      return result;
    } catch (error) {
      options.onStep?.(describe(step, index), "failed");
      throw error;
    }
  };
  for (const [index, step] of steps.entries()) {
    if (step.name.endsWith(".run_shell_script")) await options.claimed;
    throwIfCancelled(signal, step.name);
    const result = await runStep(step, index);
    if (step.id !== undefined) outputs[step.id] = result.outputs;
    Object.assign(outputs, result.outputs);
    context.workingDirectory = result.workingDirectory ?? context.workingDirectory;
    checkout = result.checkout ?? checkout;
  }
  const last = typeof outputs.directory === "string" ? outputs.directory : ".";
  const directory = resolvePath(context.workingDirectory, last);
  return { directory, outputs, ...(checkout === undefined ? {} : { checkout }) };
}

async function resolveInputs(
  step: { name: string; inputs: Record<string, unknown> },
  outputs: Record<string, unknown>,
  options: { env: NodeJS.ProcessEnv; log: Log; resolve?: ((value: unknown) => Promise<unknown>) | undefined },
): Promise<Record<string, unknown>> {
  const applied = applyOutputs(step.inputs, outputs, options.env, (name) =>
    options.log(
      "warning",
      `${step.name}: {{ ${name} }} names no output of an earlier step and no environment variable; it is left out.`,
    ),
  );
  const inputs = options.resolve === undefined ? applied : await options.resolve(applied);
  if (isRecord(inputs)) return inputs;
  throw new PullError(
    "PULL_STEP_INPUT",
    `${step.name}: its inputs resolve to no object. Check the blocks and variables they name.`,
  );
}

function describe(step: NamedStep, index: number): StepDescription {
  const { name, id, inputs } = step;
  return { index, qualified_name: name, step_name: name.split(".").at(-1) ?? name, id: id ?? null, inputs };
}

/** Prefect skips empty entries: `- null` or `- {}`. */
function isEmpty(step: unknown): boolean {
  return step === null || step === undefined || (isRecord(step) && Object.keys(step).length === 0);
}
