import { type ChildProcess, spawn } from "node:child_process";
import type { Writable } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import type { FromRunner, Receipt, ToRunner } from "../../runner/messages.ts";
import type { Exit } from "./exit-codes.ts";
import { signalGroup } from "./process-group.ts";

const extension = import.meta.url.endsWith(".ts") ? "ts" : "js";
const entry = fileURLToPath(new URL(`../../runner/main.${extension}`, import.meta.url));

/** A child process that runs one flow run (`src/runner/main.ts`), in a process group of its own. */
export class RunnerProcess {
  readonly pid: number;
  /** Resolves when the process is ready for its assignment; rejects when it ended before. */
  readonly ready: Promise<void>;
  /** Resolves when the process has ended and its output is read. */
  readonly exited: Promise<Exit>;
  receipt: Receipt | undefined;
  #child: ChildProcess;
  #ended = false;

  constructor(env: NodeJS.ProcessEnv) {
    const child = spawn(process.execPath, [entry], {
      env,
      stdio: ["ignore", "pipe", "pipe", "ipc"],
      // A group of its own: a Ctrl-C at the worker's terminal must not reach it, and a kill must reach its children.
      detached: true,
    });
    this.#child = child;
    this.pid = child.pid ?? -1;
    const { promise: ready, resolve, reject } = Promise.withResolvers<void>();
    this.ready = ready;
    ready.catch(() => undefined);
    child.on("message", (message: FromRunner) => {
      if (message.type === "ready") resolve();
      else this.receipt = message.receipt;
    });
    this.exited = new Promise((done) => {
      child.once("error", (error) => {
        this.#ended = true;
        reject(error);
        done({ code: 1, signal: null });
      });
      child.once("close", (code, signal) => {
        this.#ended = true;
        reject(new Error(`the runner's process ended before it was ready (code ${code}, signal ${signal})`));
        done({ code, signal });
      });
    });
    // Output that nobody reads would block the child once the pipe is full.
    child.stdout?.resume();
    child.stderr?.resume();
  }

  get ended(): boolean {
    return this.#ended;
  }

  /** Sends what the process prints to `output`, from now on. */
  streamTo(output: Writable): void {
    this.#child.stdout?.on("data", (chunk) => output.write(chunk));
    this.#child.stderr?.on("data", (chunk) => output.write(chunk));
  }

  send(message: ToRunner): void {
    if (this.#child.connected) this.#child.send(message);
  }

  /** Ends the process and its children: TERM, and KILL after `grace` milliseconds. Resolves when it is gone. */
  async stop(grace: number): Promise<void> {
    if (!this.#ended && this.pid > 0) {
      signalGroup(this.pid, "SIGTERM");
      await Promise.race([this.exited, sleep(grace, undefined, { ref: false })]);
    }
    // Also after a clean end: grandchildren that the flow left behind go with it.
    if (this.pid > 0) signalGroup(this.pid, "SIGKILL");
    await this.exited;
  }
}
