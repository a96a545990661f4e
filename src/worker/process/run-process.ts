import type { Writable } from "node:stream";
import type { Receipt } from "../../runner/messages.ts";
import type { Exit } from "./exit-codes.ts";

/** The process of one run, however it was started. */
export interface RunProcess {
  readonly pid: number;
  /** Resolves when the process has ended and its output is read. */
  readonly exited: Promise<Exit>;
  /** What the run's process said of the run's end, if it did. */
  readonly receipt: Receipt | undefined;
  /** Whether it tells its end to the worker, too; a program of its own tells only the server. */
  readonly leavesReceipt: boolean;
  /** Whether its code is there, and it is about to run. */
  readonly loaded: boolean;
  /** Types of the states that the flow has hooks for, as far as is known. */
  readonly hooks: readonly string[];
  /** Seconds that its code took to be there, as far as is known. */
  readonly checkoutSeconds: number | undefined;
  /** Sends what the process prints to `output`, from now on. */
  streamTo(output: Writable): void;
  /** The claim was accepted: run. */
  go(): void;
  /** Asks the run to end. */
  cancel(reason: string): void;
  /** Tells the run that it was suspended; undefined where it notices that by itself. */
  readonly suspend: (() => void) | undefined;
  /** Ends the process and its children: TERM, and KILL after `grace` milliseconds. Resolves when they are gone. */
  stop(grace: number): Promise<void>;
}
