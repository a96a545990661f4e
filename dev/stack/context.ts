import type { Closers } from "./closers.ts";
import type { Guard } from "./guard.ts";

/** Tells a person what goes on: which service, and what happens to it. */
export type Progress = (service: string, text: string) => void;

/** What each service of a stack is started with. */
export interface StackContext {
  /** The stack's folder: data and logs of every service. */
  readonly folder: string;
  readonly guard: Guard;
  readonly closers: Closers;
  /** Aborted when the stack is given up, because another service did not start. */
  readonly signal: AbortSignal;
  readonly progress: Progress;
}
