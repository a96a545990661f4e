import { flushCompileCache } from "node:module";
import { readVersion } from "./version-number.ts";

/**
 * Runs one command and sets the exit code: 0 done, 1 failed, 2 typed wrongly.
 * `argv` are the words after the program's name.
 */
export async function main(argv: string[]): Promise<void> {
  // Answered before anything is loaded. `--version` later in the line belongs to a verb, as in `deploy --version`.
  if (argv[0] === "--version" || argv[0] === "-v") {
    process.stdout.write(`${readVersion()}\n`);
    return;
  }
  // A reader that has seen enough (`| head`) is no failure.
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    process.exit(error.code === "EPIPE" ? 0 : 1);
  });
  const { run } = await import("./program.ts");
  const code = await run(argv);
  // A verb that ended without an error may have set a code of its own: the worker's, or a watched run's.
  if (code !== 0) process.exitCode = code;
  // A module of flows that was loaded may hold a timer or a pool: the verb has ended all the same.
  flushCompileCache();
  await Promise.all([process.stdout, process.stderr].map(written));
  process.exit();
}

function written(stream: NodeJS.WriteStream): Promise<void> {
  return new Promise((resolve) => stream.write("", () => resolve()));
}
