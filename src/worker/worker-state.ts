import type { Logger } from "pino";

export type WorkerStateName = "starting" | "running" | "draining" | "cancelling" | "stopped" | "failed";

/** The worker's state: one setter, and each change is logged. */
export class WorkerState {
  #name: WorkerStateName = "starting";
  #logger: Logger;

  constructor(logger: Logger) {
    this.#logger = logger;
  }

  get name(): WorkerStateName {
    return this.#name;
  }

  set(name: WorkerStateName): void {
    if (name === this.#name) return;
    this.#logger.debug({ from: this.#name, to: name }, `Worker ${name}`);
    this.#name = name;
  }
}
