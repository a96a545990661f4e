/** So many may go on at once; the others wait for their turn, first come first served. */
export class Slots {
  #free: number;
  #waiting: (() => void)[] = [];
  /** Where the longest waiting is: taking it off the front would cost as much as there are waiting. */
  #next = 0;

  /** @throws RangeError when `limit` is no whole number above 0 */
  constructor(limit: number) {
    if (!Number.isInteger(limit) || limit < 1)
      throw new RangeError(`concurrency is ${limit}; give a whole number, 1 or more.`);
    this.#free = limit;
  }

  /** Waits for a slot, which is given back when what this gives is disposed of. */
  async take(): Promise<Disposable> {
    if (this.#free > 0) this.#free -= 1;
    else await new Promise<void>((resolve) => this.#waiting.push(resolve));
    return { [Symbol.dispose]: () => this.#give() };
  }

  #give(): void {
    const next = this.#waiting[this.#next];
    if (next === undefined) {
      this.#free += 1;
      this.#waiting = [];
      this.#next = 0;
      return;
    }
    this.#next += 1;
    next();
  }
}
