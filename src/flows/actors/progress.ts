import { createProgressArtifact, logger, updateProgressArtifact } from "prefect-ts";
import type { ActorProgress } from "./load.ts";
import type { MusitSchema } from "./schemas.ts";

const EVERY = 5_000;

/** Tells an operator how far the migration is: a bar in the UI, and a log line every 5,000 actors. */
export class ActorProgressLog {
  readonly #counts: ReadonlyMap<MusitSchema, number>;
  readonly #dryRun: boolean;
  readonly #bar: string | undefined;
  readonly #last = new Map<MusitSchema, ActorProgress>();

  private constructor(counts: ReadonlyMap<MusitSchema, number>, dryRun: boolean, bar: string | undefined) {
    this.#counts = counts;
    this.#dryRun = dryRun;
    this.#bar = bar;
  }

  /** Begins the bar. @param counts  how many actors each schema has, for the share that is done */
  static async start(counts: ReadonlyMap<MusitSchema, number>, dryRun: boolean): Promise<ActorProgressLog> {
    const description = `Actors of ${[...counts.keys()].join(" and ")}`;
    const bar = await createProgressArtifact({
      key: "migrate-musit-agents-progress",
      progress: 0,
      description,
    });
    return new ActorProgressLog(counts, dryRun, bar);
  }

  /** To be told of each batch. */
  show(now: ActorProgress): void {
    const before = this.#last.get(now.schema)?.done ?? 0;
    this.#last.set(now.schema, now);
    updateProgressArtifact(this.#bar, this.#percentOfAll());
    if (Math.floor(now.done / EVERY) === Math.floor(before / EVERY)) return;
    const all = this.#countOf(now.schema);
    logger.info(
      `${this.#dryRun ? "[DRY RUN] " : ""}${now.schema}: ${now.done} of ${all} actors (${Math.floor(percent(now.done, all))} %), ` +
        `${this.#dryRun ? "would create" : "created"} ${now.created}, skipped ${now.skipped}, errors ${now.errors}`,
    );
  }

  /** All are done: also where there were none. */
  finish(): void {
    updateProgressArtifact(this.#bar, 100);
  }

  /** What is known to be done when a run ends before its time. */
  whereStopped(): string {
    const done = [...this.#last.values()].map(({ schema, done: rows }) => `${rows} of ${schema}`);
    return (
      `Stopped after ${done.length === 0 ? "0 actors" : done.join(" and ")}. ` +
      "Each batch is either in Specify as a whole or not at all; what is in is skipped when this is run again. " +
      "This run has no report: what was cut short or refused in it stands above, in its log."
    );
  }

  /** Actors may come while the run goes on, so that it reads more than were counted. */
  #countOf(schema: MusitSchema): number {
    return Math.max(this.#last.get(schema)?.done ?? 0, this.#counts.get(schema) ?? 0);
  }

  #percentOfAll(): number {
    const schemas = [...this.#counts.keys()];
    const done = schemas.reduce((sum, schema) => sum + (this.#last.get(schema)?.done ?? 0), 0);
    return percent(
      done,
      schemas.reduce((sum, schema) => sum + this.#countOf(schema), 0),
    );
  }
}

function percent(done: number, all: number): number {
  return all === 0 ? 100 : (100 * done) / all;
}
