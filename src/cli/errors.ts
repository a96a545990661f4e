import { inspect } from "node:util";
import { CommanderError } from "commander";
import { errorText, PrefectError } from "../prefect/errors.ts";
import { onStderr, printError } from "./output.ts";

/** Exit codes of every command. */
export const exitCodes = { ok: 0, failure: 1, usage: 2 } as const;

/** A failure to tell the user in plain words: what happened, the value seen, what to do next. */
export class CliError extends Error {
  readonly exitCode: number;

  constructor(message: string, options: { exitCode?: number; cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = "CliError";
    this.exitCode = options.exitCode ?? exitCodes.failure;
  }
}

/** The command was typed wrongly: exit code 2. */
export function usageError(message: string): CliError {
  return new CliError(message, { exitCode: exitCodes.usage });
}

/**
 * Writes an error to stderr and gives the exit code. The stack is shown only when `debug` is asked for,
 * or a hint how to get it where the error is one that nobody foresaw.
 */
export function reportError(error: unknown, debug: boolean): number {
  // Commander has already written its own text: help, or what is wrong with the arguments.
  if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.ok : exitCodes.usage;
  const text = errorText(error);
  if (text !== "") printError(onStderr.red(text));
  if (debug && error instanceof Error) printError(onStderr.dim(inspect(error)));
  else if (!isExplained(error)) {
    printError("This error was not foreseen. The same command with --debug shows where it comes from.");
  }
  return error instanceof CliError ? error.exitCode : exitCodes.failure;
}

function isExplained(error: unknown): boolean {
  // Errors of this project carry a stable code and say what to do; so do the system's, like ENOENT.
  return (
    error instanceof CliError || error instanceof PrefectError || (error instanceof Error && "code" in error)
  );
}
