import type { Logger } from "pino";

/** Says once that the worker waits because its pool or a queue is paused, and once that it goes on. */
export class PausedNotice {
  #paused = new Set<string>();
  #logger: Logger;
  #onResumed: () => void;

  /** @param onResumed told when one goes on: there may be work at once */
  constructor(logger: Logger, onResumed: () => void) {
    this.#logger = logger;
    this.#onResumed = onResumed;
  }

  pool(pool: { name: string; is_paused?: boolean | undefined }): void {
    this.#tell(
      `Work pool '${pool.name}'`,
      pool.is_paused === true,
      `prefect work-pool resume '${pool.name}'`,
    );
  }

  queue(pool: string, queue: { name: string; is_paused?: boolean | undefined }): void {
    const resume = `prefect work-queue resume '${queue.name}' --pool '${pool}'`;
    this.#tell(`Work queue '${queue.name}' of pool '${pool}'`, queue.is_paused === true, resume);
  }

  #tell(what: string, paused: boolean, resume: string): void {
    if (paused === this.#paused.has(what)) return;
    if (paused) {
      this.#paused.add(what);
      this.#logger.warn(`${what} is paused: its runs wait until it is resumed (${resume}).`);
    } else {
      this.#paused.delete(what);
      this.#logger.info(`${what} is no longer paused: going on.`);
      this.#onResumed();
    }
  }
}
