import type { ScheduledFlowRun } from "../prefect/api-types.ts";

/** Milliseconds for which a run that another worker was given is remembered. */
const MEMORY = 30_000;
/** How many times the runs that it has slots for a worker asks for while others claim them too. */
const SPREAD = 8;

/**
 * Whether other workers claim the runs that this one claims. All of them see the same first runs of a queue, and all but one
 * are refused. So each then chooses by chance among more of them, and makes a run ready only when it was given it: what
 * was made ready for nothing is a process, and a fetch from git.
 */
export class Competition {
  readonly #now: () => number;
  #lostAt = Number.NEGATIVE_INFINITY;

  /** @param now  milliseconds of a clock that is never set */
  constructor(now = () => performance.now()) {
    this.#now = now;
  }

  /** Another worker was given a run that this one had asked for. */
  lost(): void {
    this.#lostAt = this.#now();
  }

  get isOn(): boolean {
    return this.#now() - this.#lostAt < MEMORY;
  }

  /** How many runs to ask for. @param free  slots; may be infinite */
  askFor(free: number): number {
    return this.isOn ? free * SPREAD : free;
  }

  /**
   * The order in which to take runs. That of the server holds between queues, which it gives by their priority, and for what is
   * not due yet: that would keep a slot waiting.
   * @param isDue  whether a run may begin now
   * @param random  gives numbers in 0..1
   */
  order(
    runs: readonly ScheduledFlowRun[],
    isDue: (run: ScheduledFlowRun) => boolean,
    random: () => number = Math.random,
  ): ScheduledFlowRun[] {
    if (!this.isOn) return [...runs];
    const queues = Map.groupBy(runs, (run) => run.work_queue_id);
    return [...queues.values()].flatMap((queue) => {
      const { due = [], later = [] } = Object.groupBy(queue, (run) => (isDue(run) ? "due" : "later"));
      return [...shuffled(due, random), ...later];
    });
  }
}

function shuffled<T>(values: readonly T[], random: () => number): T[] {
  return values
    .map((value) => ({ value, place: random() }))
    .toSorted((one, other) => one.place - other.place)
    .map(({ value }) => value);
}
