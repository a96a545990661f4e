import { giveBackMemory } from "../node/give-back-memory.ts";

/** Milliseconds without a run after which a worker counts as idle. */
const REST = 5_000;

/** Gives memory back whenever the worker has had nothing to do for a while. */
export class IdleMemory implements Disposable {
  #timer: NodeJS.Timeout | undefined;

  constructor() {
    this.idle();
  }

  busy(): void {
    clearTimeout(this.#timer);
  }

  idle(): void {
    this.busy();
    this.#timer = setTimeout(giveBackMemory, REST).unref();
  }

  [Symbol.dispose](): void {
    this.busy();
  }
}
