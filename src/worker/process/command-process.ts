import { type ChildProcess, spawn } from "node:child_process";
import type { Writable } from "node:stream";
import type { Exit } from "./exit-codes.ts";
import { ProcessGroup, signalGroup } from "./process-group.ts";
import type { RunProcess } from "./run-process.ts";
import { streamOutput } from "./stream-output.ts";

/**
 * A deployment's own `command` in the place of our runner, as in Prefect: a shell runs it in the job's working
 * directory, with the run's environment. It takes the run over by `PREFECT__FLOW_RUN_ID` and reports its states itself.
 */
export class CommandProcess implements RunProcess {
  readonly receipt = undefined;
  readonly leavesReceipt = false;
  /** A program of its own says nothing while it loads. */
  readonly loaded = true;
  readonly hooks = [];
  readonly checkoutSeconds = undefined;
  /** Prefect's own engine looks for suspensions itself; asked to terminate for one, it would crash the run. */
  readonly suspend = undefined;
  #start: () => ChildProcess;
  #group: ProcessGroup | undefined;
  #exited = Promise.withResolvers<Exit>();
  #started = Promise.withResolvers<number>();
  #output: Writable | undefined;
  #stopped = false;

  constructor(command: string, options: { cwd: string; env: NodeJS.ProcessEnv }) {
    this.#start = () =>
      spawn(command, { ...options, shell: true, stdio: ["ignore", "pipe", "pipe"], detached: true });
  }

  get pid(): number {
    return this.#group?.pid ?? -1;
  }

  /** Its number, once it runs. */
  get started(): Promise<number> {
    return this.#started.promise;
  }

  get exited(): Promise<Exit> {
    return this.#exited.promise;
  }

  streamTo(output: Writable): void {
    this.#output = output;
  }

  go(): void {
    if (this.#stopped) return;
    const child = this.#start();
    for (const source of [child.stdout, child.stderr]) {
      // Output that nobody reads would block the child once the pipe is full.
      if (this.#output === undefined) source?.resume();
      else streamOutput(source, this.#output);
    }
    this.#group = new ProcessGroup(child);
    this.#started.resolve(this.#group.pid);
    void this.#group.exited.then(this.#exited.resolve);
  }

  /** A program of its own knows no cancellation: it is asked to terminate. */
  cancel(): void {
    if (this.#group !== undefined && this.#group.pid > 0) signalGroup(this.#group.pid, "SIGTERM");
  }

  async stop(grace: number): Promise<void> {
    this.#stopped = true;
    if (this.#group === undefined) this.#exited.resolve({ code: null, signal: "SIGTERM" });
    else await this.#group.stop(grace);
  }
}
