import { setTimeout as sleep } from "node:timers/promises";

/** Milliseconds. */
const MOMENT = 500;

/** A run that has begun and not ended. */
export interface OpenRun {
  /** Resolves when it has ended; never rejects. */
  readonly settled: Promise<unknown>;
  /** Tells the server that the run ended with its process. */
  crash(message: string): void | Promise<void>;
}

/** The task runs and subflow runs of a flow run that have not ended. */
export class OpenRuns {
  readonly #runs = new Set<OpenRun>();
  #closed: string | undefined;

  /** Why what has not begun is not to begin any more; undefined while the flow goes on. */
  get closed(): string | undefined {
    return this.#closed;
  }

  add(run: OpenRun): void {
    this.#runs.add(run);
  }

  remove(run: OpenRun): void {
    this.#runs.delete(run);
  }

  /** What waits for its turn does not begin any more. */
  close(reason: string): void {
    this.#closed ??= reason;
  }

  /** Resolves when nothing is left: a flow does not end before what it has submitted. */
  async wait(): Promise<void> {
    while (this.#runs.size > 0) await Promise.all(Array.from(this.#runs, (run) => run.settled));
  }

  /**
   * Ends what is left of a flow whose function is no longer waited for, and may go on beside it: what listens to its signal
   * ends by itself in a moment; what does not is told to have crashed.
   */
  async abandon(reason: string): Promise<void> {
    this.close(reason);
    const late = new AbortController();
    const tooLate = sleep(MOMENT, undefined, { signal: late.signal }).catch(() => undefined);
    await Promise.race([this.wait(), tooLate]);
    late.abort();
    await this.crash(reason);
  }

  async crash(message: string): Promise<void> {
    await Promise.all(Array.from(this.#runs, (run) => run.crash(message)));
  }
}
