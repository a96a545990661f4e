import { setTimeout as delay } from "node:timers/promises";
import type { Connection } from "mariadb";
import { type SpecifyDatabase, type SqlValue, type Statements, statementsOn } from "./database.ts";
import { failedForConflict, failedForConnection, sqlMessage } from "./errors.ts";
import { type LockRequest, lockConnection } from "./lock.ts";
import { readHolder } from "./lock-holder.ts";
import { lockName } from "./lock-name.ts";
import { retryDelayMilliseconds } from "./transaction.ts";

interface SessionOptions extends LockRequest {
  signal: AbortSignal;
  log: (message: string) => void;
  /** How long a server that is away is waited for before the run gives up. Restarting one takes less. */
  reconnectSeconds?: number;
}

/** How to know whether a transaction went in whose commit was not answered. */
export type Landed = (statements: Statements) => Promise<boolean>;

const CONFLICTS = 10;
const RECONNECT_SECONDS = 180;

/**
 * The one connection through which a migration writes. It holds the migration's lock itself, so that the two cannot come apart:
 * whoever has the lock is the only one who can still commit. A lost connection is opened again, and the lock taken again.
 * End it by `await using`.
 */
export class LockedSession implements AsyncDisposable {
  readonly #database: SpecifyDatabase;
  readonly #options: SessionOptions;
  #connection: Connection | undefined;
  /** Of the connection that was lost: the server may not have noticed yet, and keep the lock for it. */
  #lostId: number | null = null;

  private constructor(database: SpecifyDatabase, options: SessionOptions) {
    this.#database = database;
    this.#options = options;
  }

  /** @throws Error in plain words when another run holds the lock; the driver's errors */
  static async open(database: SpecifyDatabase, options: SessionOptions): Promise<LockedSession> {
    const session = new LockedSession(database, options);
    await session.#connected();
    return session;
  }

  /**
   * Does `work` in one transaction, again from its start after a deadlock or a lost connection. When the connection is lost
   * during the commit, `landed` is asked on a new one; it must look with a locking read (`LOCK IN SHARE MODE`), which waits for the
   * old transaction where that is still being finished.
   * @throws what `work` threw (rolled back); the driver's error when the server stays away; Error when another run took the lock
   */
  async transaction<T>(work: (statements: Statements) => Promise<T>, landed: Landed): Promise<T> {
    const { signal, log, reconnectSeconds = RECONNECT_SECONDS } = this.#options;
    let unknown: { result: T } | undefined;
    let lostSince: number | undefined;
    let conflicts = 0;
    for (let attempt = 1; ; attempt += 1) {
      signal.throwIfAborted();
      let done: { result: T } | undefined;
      try {
        const connection = await this.#connected();
        if (unknown && (await landed(statementsOn(connection)))) return unknown.result;
        unknown = undefined;
        lostSince = undefined;
        await connection.beginTransaction();
        const result = await work(statementsOn(connection));
        done = { result };
        await connection.commit();
        return result;
      } catch (error) {
        if (failedForConnection(error)) {
          unknown ??= done;
          this.#drop();
          lostSince ??= performance.now();
          if (performance.now() - lostSince > reconnectSeconds * 1000) throw error;
          log(`The connection to Specify's database was lost (${sqlMessage(error)}); connecting again.`);
        } else {
          await this.#connection?.rollback().catch(() => this.#drop());
          conflicts += 1;
          if (!failedForConflict(error) || conflicts > CONFLICTS) throw error;
        }
      }
      await delay(retryDelayMilliseconds(attempt), undefined, { signal });
    }
  }

  /** Reads, again after a lost connection. */
  query<Row>(sql: string, values: readonly SqlValue[] = []): Promise<Row[]> {
    const read = (statements: Statements): Promise<Row[]> => statements.query<Row>(sql, values);
    return this.transaction(read, async () => false);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const connection = this.#connection;
    this.#connection = undefined;
    await connection?.end().catch(() => connection.destroy());
  }

  async #connected(): Promise<Connection> {
    if (this.#connection) return this.#connection;
    const connection = await this.#database.dedicatedConnection();
    try {
      await this.#endLostConnection(connection);
      await lockConnection(connection, this.#database.settings.database, this.#options);
    } catch (error) {
      connection.destroy();
      throw error;
    }
    this.#lostId = null;
    this.#connection = connection;
    return connection;
  }

  /** Where only the way to the server broke, our old connection still lives there, and with it our own lock. */
  async #endLostConnection(connection: Connection): Promise<void> {
    if (this.#lostId === null) return;
    const { migration, holder } = this.#options;
    const other = await readHolder(connection, lockName(migration, this.#database.settings.database));
    // The number alone does not tell: a server that was restarted counts from 1 again.
    if (
      other.connectionId !== this.#lostId ||
      other.description !== holder.slice(0, other.description?.length)
    )
      return;
    await connection.query(`KILL ${this.#lostId}`).catch((error: unknown) => {
      if (failedForConnection(error)) throw error;
    });
  }

  #drop(): void {
    this.#lostId = this.#connection?.threadId ?? this.#lostId;
    this.#connection?.destroy();
    this.#connection = undefined;
  }
}
