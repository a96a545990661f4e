import type { WorkPool } from "../prefect/api-types.ts";

/** The worker's pool as the server has it now: a changed base job template counts from the next run on. */
export class CurrentPool {
  #pool: WorkPool;
  #revision = 0;
  #follower: (pool: WorkPool) => void = () => undefined;

  constructor(pool: WorkPool) {
    this.#pool = pool;
  }

  /** Tells `follower` of the pool, now and at each reading, also when nothing has changed. */
  follow(follower: (pool: WorkPool) => void): void {
    this.#follower = follower;
    follower(this.#pool);
  }

  get value(): WorkPool {
    return this.#pool;
  }

  /** Counts what came over the channel. */
  get revision(): number {
    return this.#revision;
  }

  replaceFromChannel(pool: WorkPool): void {
    this.#revision += 1;
    this.#replace(pool);
  }

  /** @param revision the revision before the request: what came over the channel meanwhile is newer, and stays */
  replaceFromRest(pool: WorkPool, revision: number): void {
    if (revision === this.#revision) this.#replace(pool);
  }

  #replace(pool: WorkPool): void {
    // Someone may empty the template; runs then go on with the one known.
    const empty = Object.keys(pool.base_job_template ?? {}).length === 0;
    const { base_job_template } = this.#pool;
    this.#pool = empty && base_job_template !== undefined ? { ...pool, base_job_template } : pool;
    this.#follower(this.#pool);
  }
}
