import { type ChildProcess, spawn } from "node:child_process";
import type { Writable } from "node:stream";
import { fileURLToPath } from "node:url";
import type { Assignment, FromRunner, HookState, Receipt, ToRunner } from "../../runner/messages.ts";
import type { Exit } from "./exit-codes.ts";
import { ProcessGroup } from "./process-group.ts";
import type { RunProcess } from "./run-process.ts";
import { streamOutput } from "./stream-output.ts";

const extension = import.meta.url.endsWith(".ts") ? "ts" : "js";
const entry = fileURLToPath(new URL(`../../runner/main.${extension}`, import.meta.url));
const before = new URL(`../../runner/lazy-locales.${extension}`, import.meta.url).href;

/**
 * Megabytes that V8 gives new objects. Never more: a run's process is smaller by 20 MB, and a flow that moves rows no
 * slower. Never less: V8 begins with half of one and collects a dozen times while the process starts.
 */
const SEMI_SPACE = 4;

/** What a run says itself, in NODE_OPTIONS, holds. */
function nodeOptions({ NODE_OPTIONS = "" }: NodeJS.ProcessEnv): string[] {
  if (/semi[-_]space/.test(NODE_OPTIONS)) return [];
  return [`--min-semi-space-size=${SEMI_SPACE}`, `--max-semi-space-size=${SEMI_SPACE}`];
}

/** A child process that runs one flow run (`src/runner/main.ts`), in a process group of its own. */
export class RunnerProcess implements RunProcess {
  /** Resolves when the process is ready for its assignment; rejects when it ended before. */
  readonly ready: Promise<void>;
  receipt: Receipt | undefined;
  readonly leavesReceipt = true;
  loaded = false;
  hooks: readonly string[] = [];
  checkoutSeconds: number | undefined;
  #child: ChildProcess;
  #group: ProcessGroup;

  constructor(env: NodeJS.ProcessEnv) {
    const child = spawn(process.execPath, [...nodeOptions(env), "--import", before, entry], {
      env,
      stdio: ["ignore", "pipe", "pipe", "ipc"],
      detached: true,
    });
    this.#child = child;
    this.#group = new ProcessGroup(child);
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    this.ready = promise;
    promise.catch(() => undefined);
    child.on("message", (message: FromRunner) => {
      if (message.type === "ready") resolve();
      else if (message.type === "loaded") {
        this.loaded = true;
        this.hooks = message.hooks;
        this.checkoutSeconds = message.checkoutSeconds;
      } else this.receipt = message.receipt;
    });
    void this.exited.then(({ code, signal }) =>
      reject(new Error(`the runner's process ended before it was ready (code ${code}, signal ${signal})`)),
    );
    // Output that nobody reads would block the child once the pipe is full.
    child.stdout?.resume();
    child.stderr?.resume();
  }

  get pid(): number {
    return this.#group.pid;
  }

  get exited(): Promise<Exit> {
    return this.#group.exited;
  }

  get ended(): boolean {
    return this.#group.ended;
  }

  streamTo(output: Writable): void {
    streamOutput(this.#child.stdout, output);
    streamOutput(this.#child.stderr, output);
  }

  prepare(assignment: Assignment): void {
    this.#send({ type: "prepare", assignment });
  }

  callHooks(assignment: Assignment, state: HookState): void {
    this.#send({ type: "hooks", assignment, state });
  }

  go(): void {
    this.#send({ type: "go" });
  }

  cancel(reason: string): void {
    this.#send({ type: "cancel", reason });
  }

  readonly suspend = (): void => this.#send({ type: "suspend" });

  stop(grace: number): Promise<void> {
    return this.#group.stop(grace);
  }

  #send(message: ToRunner): void {
    // A process that is ending may have closed its side: then its exit says all that there is to say.
    if (this.#child.connected) this.#child.send(message, () => undefined);
  }
}
