/** The runs that a worker may have at once. A slot is taken as a `Disposable`, so no path can forget to give it back. */
export class Slots {
  #limit: number;
  #taken = 0;
  #onFree: () => void;

  /** @param onFree told each time a slot was given back */
  constructor(limit: number | undefined, onFree: () => void) {
    this.#limit = limit ?? Number.POSITIVE_INFINITY;
    this.#onFree = onFree;
  }

  get taken(): number {
    return this.#taken;
  }

  get free(): number {
    return this.#limit - this.#taken;
  }

  /** A slot, or undefined when all are taken. */
  take(): Disposable | undefined {
    if (this.free <= 0) return undefined;
    this.#taken += 1;
    let held = true;
    return {
      [Symbol.dispose]: () => {
        if (!held) return;
        held = false;
        this.#taken -= 1;
        this.#onFree();
      },
    };
  }
}
