import { type ChildProcess, spawn } from "node:child_process";
import { join } from "node:path";

/** A run of Migrate MUSIT Actors in a process of its own. */
export interface ActorsRun {
  process: ChildProcess;
  /** How it ended, and all that it said. */
  ended: Promise<{ code: number | null; signal: NodeJS.Signals | null; stdout: string; stderr: string }>;
  /** What it has said on stderr so far. */
  stderr(): string;
}

/** Starts a run, not dry. The caller waits for `ended`, also after killing it. */
export function startActorsRun(env: Record<string, string>): ActorsRun {
  const script = join(import.meta.dirname, "migrate-actors-process.ts");
  const child = spawn(process.execPath, ["--conditions=prefect-ts-source", script], {
    env: { ...process.env, ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let stdout = "";
  let stderr = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    stdout += text;
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    stderr += text;
  });
  const ended = new Promise<Awaited<ActorsRun["ended"]>>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code, signal) => resolve({ code, signal, stdout, stderr }));
  });
  return { process: child, ended, stderr: () => stderr };
}
