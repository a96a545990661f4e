import { createProgressArtifact, logger, updateProgressArtifact } from "prefect-ts";

/** Tells an operator how far a snapshot is: a bar in the UI, and a log line a step. */
export class SnapshotProgress {
  readonly #bar: string | undefined;
  readonly #steps: number;
  readonly #start = performance.now();
  #done = 0;

  private constructor(bar: string | undefined, steps: number) {
    this.#bar = bar;
    this.#steps = steps;
  }

  static async start(steps: number): Promise<SnapshotProgress> {
    const key = "oracle-schema-snapshot-progress";
    const description = "Dictionary views read and files uploaded";
    return new SnapshotProgress(await createProgressArtifact({ key, progress: 0, description }), steps);
  }

  /** A step is done. */
  step(what: string): void {
    this.#done += 1;
    const seconds = ((performance.now() - this.#start) / 1000).toFixed(1);
    logger.info(`${what} (step ${this.#done} of ${this.#steps}, ${seconds} s)`);
    updateProgressArtifact(this.#bar, (100 * this.#done) / this.#steps);
  }
}
