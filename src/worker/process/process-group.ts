import type { ChildProcess } from "node:child_process";
import { setTimeout as sleep } from "node:timers/promises";
import type { Exit } from "./exit-codes.ts";

/**
 * A child that leads a process group of its own: a Ctrl-C at the worker's terminal does not reach it, and a signal to
 * the group reaches its children.
 */
export class ProcessGroup {
  readonly pid: number;
  /** Resolves when the leader has ended and its output is read. A child that could not start has exit code 127. */
  readonly exited: Promise<Exit>;
  #ended = false;

  /** @param child spawned with `detached: true` */
  constructor(child: ChildProcess) {
    this.pid = child.pid ?? -1;
    this.exited = new Promise((resolve) => {
      const end = (exit: Exit) => {
        this.#ended = true;
        resolve(exit);
      };
      child.once("error", () => end({ code: 127, signal: null }));
      child.once("exit", (code, signal) => {
        // What it has left running must not outlive it: the run's end is told next, and it may run anew elsewhere.
        if (child.pid !== undefined) signalGroup(child.pid, "SIGKILL");
        // Those in groups of their own may hold the output open for ever: a while after the leader's end nobody waits.
        const timer = setTimeout(() => end({ code, signal }), 1_000);
        child.once("close", () => {
          clearTimeout(timer);
          end({ code, signal });
        });
      });
    });
  }

  get ended(): boolean {
    return this.#ended;
  }

  /** TERM to the group, KILL after `grace` milliseconds, and KILL for what is left of it in any case. */
  async stop(grace: number): Promise<void> {
    if (this.pid < 0) return;
    if (!this.#ended && grace > 0) {
      signalGroup(this.pid, "SIGTERM");
      await Promise.race([this.exited, sleep(grace, undefined, { ref: false })]);
    }
    signalGroup(this.pid, "SIGKILL");
    await this.exited;
  }
}

/** Gone already is no error. */
export function signalGroup(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-pid, signal);
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "ESRCH")) throw error;
  }
}
