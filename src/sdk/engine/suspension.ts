import { FlowRunSuspended } from "../errors.ts";

/** Whether a flow run was suspended, by its own code or from outside: one for the run and all its subflow runs. */
export class Suspension {
  readonly #controller = new AbortController();

  get requested(): boolean {
    return this.#controller.signal.aborted;
  }

  /** Fires when nothing is to begin any more. */
  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  request(): void {
    this.#controller.abort();
  }

  throwIfRequested(): void {
    if (this.requested) throw new FlowRunSuspended();
  }
}
