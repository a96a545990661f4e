import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, mkdirSync, openSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import type { StackContext } from "./context.ts";

/** How to start a service of the stack. */
export interface ServiceCommand {
  /** The service's name in messages, and of its log file `logs/NAME.log` in the stack's folder. */
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly env?: NodeJS.ProcessEnv;
  readonly cwd?: string;
  /** Milliseconds between SIGTERM and SIGKILL; 0 for a service that is slow to stop and whose data goes anyway. */
  readonly graceMs?: number;
}

/** A service of the stack as an operating system process, the leader of its own process group. */
export interface ServiceProcess {
  readonly name: string;
  readonly pid: number;
  readonly logFile: string;
  /** How it ended, e.g. `exit code 1`; undefined while it runs. */
  ended(): string | undefined;
  /** The last lines of its log, for messages. */
  lastLines(): string;
  /** Ends the whole process group; resolves when the process has ended. Quick when it has ended already. */
  stop(): Promise<void>;
}

const DEFAULT_GRACE_MS = 3_000;
const LINES_IN_MESSAGES = 15;

/** Starts a service; it is stopped when the stack's closers run, and by the guard if this process goes away. */
export function startServiceProcess(context: StackContext, service: ServiceCommand): ServiceProcess {
  const folder = join(context.folder, "logs");
  mkdirSync(folder, { recursive: true });
  const logFile = join(folder, `${service.name}.log`);
  const log = openSync(logFile, "a");
  const child = spawn(service.command, service.args, {
    detached: true,
    stdio: ["ignore", log, log],
    cwd: service.cwd ?? context.folder,
    env: service.env ?? process.env,
  });
  closeSync(log);
  let end: string | undefined;
  const exited = new Promise<void>((done) => {
    child.once("error", (error) => {
      end = error.message;
      done();
    });
    child.once("exit", (code, signal) => {
      end = signal === null ? `exit code ${code}` : `signal ${signal}`;
      done();
    });
  });
  const group = child.pid ?? 0;
  if (group !== 0) context.guard.watch(group);
  // The stack does not keep its process running: what uses the stack does.
  child.unref();

  const handle: ServiceProcess = {
    name: service.name,
    pid: group,
    logFile,
    ended: () => end,
    lastLines: () => lastLinesOf(logFile),
    stop: async () => {
      if (group === 0) return;
      await endGroup(child, group, exited, service.graceMs ?? DEFAULT_GRACE_MS);
      context.guard.forget(group);
    },
  };
  context.closers.add(service.name, handle.stop);
  return handle;
}

async function endGroup(child: ChildProcess, group: number, exited: Promise<void>, graceMs: number) {
  child.ref();
  if (graceMs > 0 && signalGroup(group, "SIGTERM")) {
    const timer = new AbortController();
    await Promise.race([exited, delay(graceMs, undefined, { signal: timer.signal, ref: false })]);
    timer.abort();
  }
  // Also after a clean exit: what the service itself has started may still be there.
  signalGroup(group, "SIGKILL");
  await exited;
}

/** False where no process of the group is left. */
function signalGroup(group: number, signal: NodeJS.Signals): boolean {
  try {
    process.kill(-group, signal);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ESRCH") return false;
    throw error;
  }
}

function lastLinesOf(file: string): string {
  const lines = readFileSync(file, "utf8").trimEnd().split("\n");
  return lines.slice(-LINES_IN_MESSAGES).join("\n");
}
