/**
 * Lets one session write at a time: SQLite has one writer, and waiting for it inside SQLite would stop the
 * whole process. (Oracle locks rows; here the second writer waits until the first one commits.)
 */
export class WriteLock {
  #tail: Promise<void> = Promise.resolve();

  /** Waits for the lock and returns the function that gives it back. An aborted wait rejects and holds nothing. */
  async acquire(signal?: AbortSignal): Promise<() => void> {
    const before = this.#tail;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#tail = before.then(() => promise);
    if (!signal) {
      await before;
      return resolve;
    }
    const aborted = Promise.withResolvers<never>();
    const abort = (): void => aborted.reject(signal.reason);
    if (signal.aborted) abort();
    signal.addEventListener("abort", abort);
    try {
      await Promise.race([before, aborted.promise]);
      return resolve;
    } catch (error) {
      resolve();
      throw error;
    } finally {
      signal.removeEventListener("abort", abort);
    }
  }
}
