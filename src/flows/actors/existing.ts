import type { Reader } from "../../specify/database.ts";
import { MarkedKeys } from "../../specify/markers.ts";
import { actorMarker, type MusitSchema } from "./schemas.ts";

/** Which actors of a schema are in Specify already. */
export class ExistingActors {
  readonly #marked: MarkedKeys;
  #asOf: number;
  #hasLookedAgain = false;

  private constructor(marked: MarkedKeys, timesLocked: number) {
    this.#marked = marked;
    this.#asOf = timesLocked;
  }

  /** Reads them. @param timesLocked  of the session through which is written, from before this began; 0 in a dry run */
  static async read(database: Reader, schema: MusitSchema, timesLocked: number): Promise<ExistingActors> {
    const marked = new MarkedKeys(actorMarker(schema));
    await marked.readOn(database);
    return new ExistingActors(marked, timesLocked);
  }

  /**
   * Reads those that have come since, when the lock was free in between: another run may have written them. To be asked within
   * the transaction that is to write. True when that was ever done: then actors that once were missing may be there.
   */
  async lookAgain(statements: Reader, timesLocked: number): Promise<boolean> {
    if (timesLocked !== this.#asOf) {
      await this.#marked.readOn(statements);
      this.#asOf = timesLocked;
      this.#hasLookedAgain = true;
    }
    return this.#hasLookedAgain;
  }

  get size(): number {
    return this.#marked.size;
  }

  /** @param id  ACTOR_ID as Oracle gives it */
  has(id: number | string): boolean {
    return this.#marked.has(id);
  }
}
