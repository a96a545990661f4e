import { logger } from "prefect-ts";
import type { ActorProgress } from "./load.ts";
import type { MusitSchema } from "./schemas.ts";

const EVERY = 5_000;

/** Tells an operator how far the migration is: a log line every 5,000 actors. */
export class ActorProgressLog {
  readonly #counts: ReadonlyMap<MusitSchema, number>;
  readonly #dryRun: boolean;
  readonly #last = new Map<MusitSchema, ActorProgress>();

  /** @param counts  how many actors each schema has, for the share that is done */
  constructor(counts: ReadonlyMap<MusitSchema, number>, dryRun: boolean) {
    this.#counts = counts;
    this.#dryRun = dryRun;
  }

  show(now: ActorProgress): void {
    const before = this.#last.get(now.schema)?.done ?? 0;
    this.#last.set(now.schema, now);
    if (Math.floor(now.done / EVERY) === Math.floor(before / EVERY)) return;
    const all = Math.max(now.done, this.#counts.get(now.schema) ?? 0);
    const share = all === 0 ? 100 : Math.floor((now.done / all) * 100);
    logger.info(
      `${this.#dryRun ? "[DRY RUN] " : ""}${now.schema}: ${now.done} of ${all} actors (${share} %), ` +
        `${this.#dryRun ? "would create" : "created"} ${now.created}, skipped ${now.skipped}, errors ${now.errors}`,
    );
  }

  /** What is known to be done when a run ends before its time. */
  whereStopped(): string {
    const done = [...this.#last.values()].map(({ schema, done: rows }) => `${rows} of ${schema}`);
    return (
      `Stopped after ${done.length === 0 ? "0 actors" : done.join(" and ")}. ` +
      "Each batch is either in Specify as a whole or not at all; what is in is skipped when this is run again."
    );
  }
}
