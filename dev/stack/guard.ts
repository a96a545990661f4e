import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

/**
 * Ends the services of a stack, and removes its folders, when this process ends without doing so itself: by a
 * signal, an uncaught error or SIGKILL. Nothing in this process could do that; `guard.sh` outlives it and holds
 * a pipe to it.
 */
export interface Guard {
  /** The guard's own process id. */
  readonly pid: number;
  /** Ends this process group if this process goes away. */
  watch(group: number): void;
  /** The process group has ended by itself or by us. */
  forget(group: number): void;
  /** Removes this file or folder if this process goes away. */
  remove(path: string): void;
  /** All is stopped and removed: the guard ends without doing anything. */
  leave(): Promise<void>;
}

const SCRIPT = fileURLToPath(new URL("guard.sh", import.meta.url));

/** Starts a guard. It has its own session, so that Ctrl-C in a terminal does not reach it. */
export function startGuard(): Guard {
  const child = spawn("sh", [SCRIPT], { detached: true, stdio: ["pipe", "ignore", "ignore"] });
  const { pid } = child;
  if (pid === undefined)
    throw new Error("could not start `sh` for the guard of the local stack: is it in PATH?");
  const ended = once(child, "exit");
  // A guard that was killed must not take this process with it: the services are then ours alone to stop.
  child.stdin.on("error", () => child.stdin.destroy());
  child.unref();
  const tell = (verb: string, value: string | number) => {
    if (child.stdin.writable) child.stdin.write(`${verb} ${value}\n`);
  };
  return {
    pid,
    watch: (group) => tell("watch", group),
    forget: (group) => tell("forget", group),
    remove: (path) => tell("remove", path),
    leave: async () => {
      child.ref();
      tell("leave", "");
      await ended;
    },
  };
}
