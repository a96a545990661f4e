import type { DatabaseSync } from "node:sqlite";
import type { WriteLock } from "./write-lock.ts";

/** The transaction of one session. It begins with the first write and holds the write lock until its end. */
export class Transaction {
  readonly #database: DatabaseSync;
  readonly #lock: WriteLock;
  #release: (() => void) | undefined;

  constructor(database: DatabaseSync, lock: WriteLock) {
    this.#database = database;
    this.#lock = lock;
  }

  get open(): boolean {
    return this.#release !== undefined;
  }

  /**
   * Begins, unless it has begun already. `settle` is called first: SQLite cannot begin to write while a read
   * of the same connection is under way that began before another session's last commit.
   */
  async begin(signal: AbortSignal, settle: () => void): Promise<void> {
    if (this.#release) return;
    const release = await this.#lock.acquire(signal);
    try {
      settle();
      this.#database.exec("BEGIN IMMEDIATE");
    } catch (error) {
      release();
      throw error;
    }
    this.#release = release;
  }

  commit(): void {
    this.#finish("COMMIT");
  }

  rollback(): void {
    this.#finish("ROLLBACK");
  }

  #finish(how: "COMMIT" | "ROLLBACK"): void {
    const release = this.#release;
    if (!release) return;
    this.#release = undefined;
    try {
      this.#database.exec(how);
    } finally {
      release();
    }
  }
}
