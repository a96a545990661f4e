import { spawn } from "node:child_process";
import { StringDecoder } from "node:string_decoder";
import { cancelled } from "./errors.ts";
import { endMarkedProcesses, newProcessMark } from "./process-mark.ts";

/** How a command ended. `status` is `exit code 1` or `signal SIGKILL`. */
export interface CommandResult {
  ok: boolean;
  status: string;
  stdout: string;
  stderr: string;
}

/**
 * Runs a program (npm, a step's command) and collects what it prints.
 *
 * @param options.onLine called with each line as it is printed
 * Throws GIT_CANCELLED after the program and its descendants are gone when `signal` fires; the system's error
 * (`ENOENT`, …) when the program cannot be started.
 */
export async function runCommand(
  program: string,
  args: readonly string[],
  options: {
    directory: string;
    env: NodeJS.ProcessEnv;
    signal?: AbortSignal | undefined;
    onLine?: ((stream: "stdout" | "stderr", line: string) => void) | undefined;
    /** Through the system's shell: `program` is the whole command line. */
    shell?: boolean | undefined;
  },
): Promise<CommandResult> {
  if (options.signal?.aborted) throw cancelled(program);
  const mark = newProcessMark();
  let ending: Promise<void> | undefined;
  const end = () => {
    ending ??= endMarkedProcesses(mark);
    // Where there is no /proc to find descendants in.
    child.kill("SIGTERM");
  };
  const child = spawn(program, args, {
    cwd: options.directory,
    env: { ...options.env, [mark.name]: mark.value },
    shell: options.shell ?? false,
    stdio: ["ignore", "pipe", "pipe"],
  });
  options.signal?.addEventListener("abort", end, { once: true });
  try {
    const stdout = collect(child.stdout, (line) => options.onLine?.("stdout", line));
    const stderr = collect(child.stderr, (line) => options.onLine?.("stderr", line));
    const status = await new Promise<string>((resolve, reject) => {
      child.once("error", reject);
      child.once("close", (code, signal) =>
        resolve(code === null ? `signal ${signal}` : `exit code ${code}`),
      );
    });
    if (ending !== undefined) throw cancelled(program);
    return { ok: status === "exit code 0", status, stdout: stdout(), stderr: stderr() };
  } finally {
    options.signal?.removeEventListener("abort", end);
    await ending;
  }
}

/** Collects a stream as text; each whole line is passed on at once. */
function collect(stream: NodeJS.ReadableStream, onLine: (line: string) => void): () => string {
  const decoder = new StringDecoder("utf8");
  const chunks: string[] = [];
  let line = "";
  stream.on("data", (chunk: Buffer) => {
    const text = decoder.write(chunk);
    chunks.push(text);
    const lines = (line + text).split(/\r?\n/);
    line = lines.pop() ?? "";
    lines.forEach(onLine);
  });
  stream.on("end", () => {
    if (line !== "") onLine(line);
  });
  return () => chunks.join("") + decoder.end();
}
