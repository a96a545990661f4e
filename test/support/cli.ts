import { type ChildProcess, spawn } from "node:child_process";
import { delimiter, join } from "node:path";
import { waitFor } from "./wait-for.ts";

const PROJECT = join(import.meta.dirname, "..", "..");
const PROGRAM = join(PROJECT, "bin", "prefect-ts");

interface CliOptions {
  /** Variables on top of a clean environment: no PREFECT_* of the machine's user. */
  readonly env?: Readonly<Record<string, string>>;
  /** Default: the project's folder. */
  readonly cwd?: string;
  /** Written to its standard input. */
  readonly input?: string;
}

export interface CliResult {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** `prefect-ts` while it runs. */
export interface RunningCli {
  readonly process: ChildProcess;
  /** What it has said so far, both streams as they came. */
  output(): string;
  /** Waits until the output matches. */
  waitForOutput(pattern: RegExp, timeoutMs?: number): Promise<RegExpExecArray>;
  /** Sends a signal, SIGTERM unless told, and waits for the end. */
  stop(signal?: NodeJS.Signals): Promise<CliResult>;
  readonly result: Promise<CliResult>;
}

/** Runs `prefect-ts` as a user would, to its end. Never throws for an exit code: look at `code`. */
export function runCli(args: readonly string[], options: CliOptions = {}): Promise<CliResult> {
  return startCli(args, options).result;
}

/** Starts `prefect-ts` as a user would and leaves it running, e.g. a worker. Stop it in the same test. */
export function startCli(args: readonly string[], options: CliOptions = {}): RunningCli {
  const child = spawn(PROGRAM, args, {
    cwd: options.cwd ?? PROJECT,
    env: cleanEnvironment(options.env),
    stdio: ["pipe", "pipe", "pipe"],
  });
  let stdout = "";
  let stderr = "";
  let output = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    stdout += text;
    output += text;
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    stderr += text;
    output += text;
  });
  // A program that ends without reading its input is judged by what it says, not by the broken pipe.
  child.stdin.on("error", () => child.stdin.destroy());
  child.stdin.end(options.input);
  const result = new Promise<CliResult>((done, fail) => {
    child.once("error", fail);
    child.once("close", (code, signal) => done({ code, signal, stdout, stderr }));
  });
  return {
    process: child,
    output: () => output,
    result,
    waitForOutput: (pattern, timeoutMs = 30_000) => {
      const look = () => {
        const match = pattern.exec(output);
        if (!match && child.exitCode !== null)
          throw new Error(`it has ended with ${child.exitCode}:\n${output}`);
        return match;
      };
      return waitFor(look, {
        what: `prefect-ts ${args.join(" ")} says ${pattern}; so far:\n${output}`,
        timeoutMs,
      });
    },
    stop: (signal = "SIGTERM") => {
      child.kill(signal);
      return result;
    },
  };
}

/** This process's environment without any Prefect setting, and with the project's own Node first in PATH. */
function cleanEnvironment(extra: Readonly<Record<string, string>> = {}): NodeJS.ProcessEnv {
  const inherited = Object.entries(process.env).filter(([name]) => !name.startsWith("PREFECT_"));
  const path = [join(PROJECT, "node_modules", ".bin"), process.env.PATH ?? ""].join(delimiter);
  return {
    ...Object.fromEntries(inherited),
    PATH: path,
    NO_COLOR: "1",
    // Profiles of the machine's user must not decide what a test talks to.
    PREFECT_HOME: join(process.env.TMPDIR ?? "/tmp", "no-prefect-home"),
    ...extra,
  };
}
