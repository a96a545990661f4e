import { setTimeout as delay } from "node:timers/promises";
import { type SpecifyDatabase, type SqlValue, type Statements, statementsOn } from "./database.ts";
import { BreaksConnectionError, failedForConflict, failedForConnection, sqlMessage } from "./errors.ts";
import { type LockRequest, lockConnection } from "./lock.ts";
import { readHolder } from "./lock-holder.ts";
import { lockName } from "./lock-name.ts";
import { retryDelayMilliseconds } from "./transaction.ts";
import { WatchedConnection } from "./watched-connection.ts";

interface SessionOptions extends LockRequest {
  signal: AbortSignal;
  log: (message: string) => void;
  /** How long a server that is away is waited for before the run gives up. Restarting one takes less. */
  reconnectSeconds?: number;
  /** How often a transaction is done again that gave way to another one, or waited too long for its locks (50 s each time). */
  mostConflicts?: number;
}

interface TransactionOptions {
  /** After so many connections that `work` itself broke it is given up; else only `reconnectSeconds` ends it. */
  mostBreaks?: number;
}

/**
 * How to know whether a transaction went in whose commit was not answered, by what its work gave. It must look with a locking read
 * (`LOCK IN SHARE MODE`), which waits for the old transaction where that is still being finished.
 */
export type Landed<T> = (statements: Statements, result: T) => Promise<boolean>;

/**
 * Rows of one statement: the server works on the first statement of a batch while the next is still being made, and never waits
 * for this process, which is busy with rows of its own.
 */
const STATEMENT_ROWS = 500;
const CONFLICTS = 10;
const RECONNECT_SECONDS = 180;

/**
 * The one connection through which a migration writes. It holds the migration's lock itself, so that the two cannot come apart:
 * whoever has the lock is the only one who can still commit. A lost connection is opened again, and the lock taken again;
 * `timesLocked` then tells that another run may have written in between. End it by `await using`.
 */
export class LockedSession implements AsyncDisposable {
  readonly #database: SpecifyDatabase;
  readonly #options: SessionOptions;
  #connection: WatchedConnection | undefined;
  /** Of the connection that was lost: the server may not have noticed yet, and keep the lock for it. */
  #lostId: number | null = null;
  /** When the connection was lost, as long as nothing has been committed since. */
  #lostSince: number | undefined;
  #timesLocked = 0;
  #isClosed = false;

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
   * How often the lock was taken. Where this has grown since something was read, the lock was free in between, and another run may
   * have had it: whoever is about to write what was missing then has to look again, within the transaction that writes.
   */
  get timesLocked(): number {
    return this.#timesLocked;
  }

  /**
   * Does `work` in one transaction, again from its start after a deadlock or a lost connection. When the connection is lost
   * during the commit, `landed` is asked on a new one.
   * @throws what `work` threw (rolled back); the driver's error when nothing could be committed for so long; BreaksConnectionError;
   *   the signal's reason; Error when another run took the lock, or the session is closed
   */
  async transaction<T>(
    work: (statements: Statements) => Promise<T>,
    landed: Landed<T>,
    { mostBreaks = Number.POSITIVE_INFINITY }: TransactionOptions = {},
  ): Promise<T> {
    const { signal, mostConflicts = CONFLICTS } = this.#options;
    let unknown: { result: T } | undefined;
    let conflicts = 0;
    let breaks = 0;
    let lastBreak: unknown;
    for (let attempt = 1; ; attempt += 1) {
      signal.throwIfAborted();
      let done: { result: T } | undefined;
      let isConnected = false;
      try {
        const connection = await this.#connected();
        isConnected = true;
        const statements = statementsOn(connection, STATEMENT_ROWS);
        if (unknown) {
          const hasLanded = await landed(statements, unknown.result);
          // Its locks, and what it saw, end here.
          await connection.rollback();
          if (hasLanded) {
            this.#lostSince = undefined;
            return unknown.result;
          }
        }
        unknown = undefined;
        if (breaks >= mostBreaks) throw new BreaksConnectionError(breaks, lastBreak);
        const result = await work(statements);
        done = { result };
        await connection.commit();
        this.#lostSince = undefined;
        return result;
      } catch (error) {
        if (failedForConnection(error)) {
          unknown ??= done;
          if (isConnected) {
            breaks += 1;
            lastBreak = error;
          }
          this.#lost(error);
        } else {
          await this.#connection?.rollback().catch(() => this.#drop());
          // Whatever the server refused, it is there.
          if (!(error instanceof BreaksConnectionError)) this.#lostSince = undefined;
          conflicts += 1;
          if (!failedForConflict(error) || conflicts > mostConflicts) throw error;
          this.#options.log(`Another session was in the way (${sqlMessage(error)}); trying again.`);
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

  /** Ends the connection, and with it the lock. What is still under way fails, and does not connect again. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#isClosed = true;
    const connection = this.#connection;
    this.#connection = undefined;
    await connection?.end();
  }

  async #connected(): Promise<WatchedConnection> {
    this.#refuseClosed();
    if (this.#connection) return this.#connection;
    const { signal } = this.#options;
    const { silenceMilliseconds, settings } = this.#database;
    const opened = await this.#database.dedicatedConnection();
    const connection = new WatchedConnection(opened, { silenceMilliseconds, signal });
    try {
      await this.#endLostConnection(connection);
      await lockConnection(connection, settings.database, this.#options);
      this.#refuseClosed();
    } catch (error) {
      connection.destroy();
      throw error;
    }
    this.#lostId = null;
    this.#connection = connection;
    this.#timesLocked += 1;
    return connection;
  }

  /** Where only the way to the server broke, our old connection still lives there, and with it our own lock. */
  async #endLostConnection(connection: WatchedConnection): Promise<void> {
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

  #refuseClosed(): void {
    if (this.#isClosed) {
      throw new Error("The connection for writing was closed: nothing can be written any more.");
    }
  }

  /** @throws the error when nothing could be committed for so long */
  #lost(error: unknown): void {
    const { signal, log, reconnectSeconds = RECONNECT_SECONDS } = this.#options;
    this.#drop();
    signal.throwIfAborted();
    this.#lostSince ??= performance.now();
    if (performance.now() - this.#lostSince > reconnectSeconds * 1000) throw error;
    log(`The connection to Specify's database was lost (${sqlMessage(error)}); connecting again.`);
  }

  #drop(): void {
    this.#lostId = this.#connection?.threadId ?? this.#lostId;
    this.#connection?.destroy();
    this.#connection = undefined;
  }
}
