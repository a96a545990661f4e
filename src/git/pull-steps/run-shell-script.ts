import { stat } from "node:fs/promises";
import { resolve } from "node:path";
import { z } from "zod";
import { PullError } from "../errors.ts";
import { runCommand } from "../run-command.ts";
import { expandVariables } from "./env-template.ts";
import { shellWords } from "./shell-words.ts";
import type { PullStep, StepContext } from "./step.ts";
import { checkInputs } from "./step-inputs.ts";

const Inputs = z.strictObject({
  script: z.string(),
  directory: z.string().optional(),
  env: z.record(z.string(), z.coerce.string()).optional(),
  stream_output: z.boolean().optional(),
  expand_env_vars: z.boolean().optional(),
  shell: z.boolean().optional(),
});

/**
 * `prefect.deployments.steps.run_shell_script`: each line is a command of its own, run without a shell unless `shell`
 * is true; the first that fails ends it. Outputs: `stdout` and `stderr` of all lines.
 * Throws PULL_STEP_FAILED with the last lines of stderr. Source: Prefect's deployments/steps/utility.py.
 */
export const runShellScript: PullStep = async (given, context) => {
  const inputs = checkInputs("run_shell_script", Inputs, given);
  const directory = resolve(context.workingDirectory, inputs.directory ?? ".");
  await refuseMissing(directory);
  const env = { ...context.env, ...inputs.env };
  const onLine = (inputs.stream_output ?? true) ? logLines(context) : undefined;
  const { signal } = context;
  let stdout = "";
  let stderr = "";
  for (const line of inputs.script.split(/\r\n|\r|\n/)) {
    const expanded = inputs.expand_env_vars ? expandVariables(line, env) : line;
    const [program, ...args] = inputs.shell ? [expanded.trim()].filter(Boolean) : shellWords(expanded);
    if (program === undefined) continue;
    const result = await runCommand(program, args, {
      directory,
      env,
      signal,
      onLine,
      shell: inputs.shell,
    }).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== "ENOENT" && error.code !== "EACCES") throw error;
      throw new PullError(
        "PULL_STEP_FAILED",
        `run_shell_script: the program ${JSON.stringify(program)} cannot be started (${error.code}). ` +
          "Install it, or give `shell: true` if the line is meant for a shell.",
      );
    });
    stdout += result.stdout;
    stderr += result.stderr;
    if (!result.ok) throw failed(program, result.status, stderr);
  }
  return { outputs: { stdout: stdout.trim(), stderr: stderr.trim() } };
};

function logLines(context: StepContext) {
  return (_stream: "stdout" | "stderr", line: string) => context.log("info", line);
}

async function refuseMissing(directory: string): Promise<void> {
  const stats = await stat(directory).catch(() => undefined);
  if (stats?.isDirectory()) return;
  throw new PullError(
    "PULL_STEP_INPUT",
    `run_shell_script: directory ${directory} is not there. Correct \`directory\` in the pull step.`,
  );
}

/** Arguments are left out of the message: they may hold resolved secrets. */
function failed(program: string, status: string, stderr: string): PullError {
  const said = stderr.trim().split("\n").slice(-10).join("\n");
  const shown = program.split(/\s/)[0];
  return new PullError(
    "PULL_STEP_FAILED",
    `run_shell_script: ${shown} ended with ${status}. Its last words: ${said || "none"}`,
  );
}
