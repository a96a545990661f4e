import { Command } from "commander";
import type { Outcome } from "../checks/outcome.ts";
import { readPrefectYaml } from "./deploy/prefect-yaml.ts";
import { checkPrefect } from "./doctor/prefect.ts";
import { checkRepository } from "./doctor/repository.ts";
import { checkServices } from "./doctor/services.ts";
import { CliError } from "./errors.ts";
import { repeated, withOutput } from "./options.ts";
import { onStderr, onStdout, print, printError, printJson } from "./output.ts";
import type { Session } from "./session.ts";

interface DoctorOptions {
  pool: string[];
  oracleEnv: string;
  output?: string;
}

const NAME_WIDTH = 24;

/** `prefect-ts doctor`: what is reached from here and what is not, why, and what to do. */
export function doctorCommand(session: Session): Command {
  return withOutput(new Command("doctor"))
    .description("Check everything that flows need: Prefect API, pool, worker, git, Oracle, Specify, S3.")
    .option(
      "-p, --pool <name>",
      "A work pool to look at; may be given several times. Default: all.",
      repeated,
      [],
    )
    .option("--oracle-env <name>", "Which ORACLE_<ENV>_* variables to use.", "PROD")
    .addHelpText(
      "after",
      `
All checks are always made; the exit code is 1 when one of them fails. To see what a worker sees, run it where the worker
runs, with its environment. Nothing is changed: S3 gets one small object, which is deleted again.

Examples:
  $ prefect-ts doctor --pool dev-process
  $ prefect-ts doctor --oracle-env TEST -o json`,
    )
    .action(async (options: DoctorOptions) => {
      const { signal } = new AbortController();
      const log = (message: string): void => {
        if (session.debug) printError(onStderr.dim(message));
      };
      const found = await Promise.all([
        checkPrefect(session, options.pool, signal),
        checkRepository(() => readPrefectYaml("prefect.yaml"), session.environment, signal),
        checkServices(options.oracleEnv, signal, log),
      ]);
      const outcomes = found.flat();
      const failed = outcomes.filter(({ diagnosis }) => diagnosis !== undefined);
      if (options.output === "json") {
        printJson({ healthy: failed.length === 0, checks: outcomes.map(asJson) });
      } else for (const outcome of outcomes) printOutcome(outcome);
      if (failed.length > 0) throw new CliError(`${failed.length} of ${outcomes.length} checks failed.`);
      if (options.output !== "json") print(onStdout.green(`All ${outcomes.length} checks passed.`));
    });
}

function printOutcome({ target, seconds, found, diagnosis }: Outcome): void {
  const name = target.padEnd(NAME_WIDTH);
  if (!diagnosis) {
    print(`${onStdout.green("✓")} ${name} ${found} ${onStdout.dim(`(${seconds} s)`)}`);
    return;
  }
  const { pattern, code, message, cause, whatToDo } = diagnosis;
  const known = code === undefined ? pattern : `${pattern} (${code})`;
  print(`${onStdout.red("✗")} ${name} ${onStdout.red(known)}: ${message}`);
  if (cause !== "") print(`  ${" ".repeat(NAME_WIDTH)} ${cause}`);
  print(`  ${" ".repeat(NAME_WIDTH)} ${onStdout.bold("What to do:")} ${whatToDo}`);
}

function asJson({ target, seconds, found, diagnosis }: Outcome): Record<string, unknown> {
  return {
    target,
    reached: diagnosis === undefined,
    seconds,
    found: found ?? null,
    pattern: diagnosis?.pattern ?? null,
    code: diagnosis?.code ?? null,
    message: diagnosis?.message ?? null,
    cause: diagnosis?.cause ?? null,
    what_to_do: diagnosis?.whatToDo ?? null,
  };
}
