/** A bell between those who notice that there may be work and the one who looks. A ring while nobody waits is kept. */
export class Wake {
  #rung = false;
  #waiting: (() => void) | undefined;

  ring(): void {
    this.#rung = true;
    this.#waiting?.();
  }

  /**
   * Resolves at the next ring, at once if it rang already, after `milliseconds`, or when `signal` fires.
   * @returns whether it rang
   */
  async wait(milliseconds: number, signal: AbortSignal): Promise<boolean> {
    if (!this.#rung && !signal.aborted) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(() => done(), milliseconds);
        const done = () => {
          clearTimeout(timer);
          signal.removeEventListener("abort", done);
          resolve();
        };
        this.#waiting = done;
        signal.addEventListener("abort", done, { once: true });
      });
      this.#waiting = undefined;
    }
    const rung = this.#rung;
    this.#rung = false;
    return rung;
  }
}
