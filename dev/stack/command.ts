import { spawn } from "node:child_process";

interface CommandOptions {
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
  /** Written to the program's standard input. */
  readonly input?: string | Buffer;
}

const LINES_IN_MESSAGES = 20;

/**
 * Runs a program to its end and gives its standard output, without the last line break.
 * @throws Error with the command, how it ended and its last lines, when it can't be started or does not exit with 0
 */
export function runCommand(
  command: string,
  args: readonly string[],
  options: CommandOptions = {},
): Promise<string> {
  return new Promise((done, fail) => {
    const child = spawn(command, args, {
      stdio: ["pipe", "pipe", "pipe"],
      ...(options.cwd !== undefined && { cwd: options.cwd }),
      env: options.env ?? process.env,
    });
    let output = "";
    let said = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      output += text;
      said += text;
    });
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      said += text;
    });
    child.once("error", (error) =>
      fail(new Error(`could not start ${command}: ${error.message}`, { cause: error })),
    );
    child.once("close", (code, signal) => {
      if (code === 0) return done(output.trimEnd());
      const lines = said.trimEnd().split("\n").slice(-LINES_IN_MESSAGES).join("\n");
      fail(new Error(`${command} ${args.join(" ")} ended with ${signal ?? `exit code ${code}`}:\n${lines}`));
    });
    // A program that does not read its input to the end is judged by its exit code, not by the broken pipe.
    child.stdin.on("error", () => child.stdin.destroy());
    child.stdin.end(options.input);
  });
}
