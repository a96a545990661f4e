type Close = () => Promise<void> | void;

/** What was opened, to be closed in reverse order: whatever happened in between, and however far the opening came. */
export class Closers {
  readonly #open: { what: string; close: Close }[] = [];

  /** Registers how to close what has just been opened. */
  add(what: string, close: Close): void {
    this.#open.push({ what, close });
  }

  /**
   * Closes everything, the latest first. A closer that fails does not keep the others from closing.
   * @throws Error the first failure, when all have been tried; it names what did not close.
   */
  async close(): Promise<void> {
    let first: Error | undefined;
    for (let last = this.#open.pop(); last !== undefined; last = this.#open.pop()) {
      try {
        await last.close();
      } catch (error) {
        first ??= new Error(`could not stop ${last.what}: ${(error as Error).message}`, { cause: error });
      }
    }
    if (first) throw first;
  }
}
