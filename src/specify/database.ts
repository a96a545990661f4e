import type { Connection, Pool } from "mariadb";
import { failedForConnection } from "./errors.ts";
import type { SpecifySettings } from "./settings.ts";
import { inTransaction } from "./transaction.ts";

/** A value that goes into a statement. Text is utf8mb4; a Date is written as UTC. */
export type SqlValue = string | number | Date | null;

/** Whatever can read. */
export interface Reader {
  /** Rows as objects by column name; bigint columns come as numbers. */
  query<Row>(sql: string, values?: readonly SqlValue[]): Promise<Row[]>;
}

/** Runs statements: the pool, or one connection within a transaction. */
export interface Statements extends Reader {
  /** The AUTO_INCREMENT number of the row that was inserted. */
  insert(sql: string, values: readonly SqlValue[]): Promise<number>;
  /** Runs one statement for many rows in MariaDB's bulk protocol: all go in, or the first that is refused throws. */
  insertMany(sql: string, rows: readonly (readonly SqlValue[])[]): Promise<void>;
}

const CONNECT_MILLISECONDS = 10_000;
/** A statement of a migration is short; a server silent for this long is lost. */
const SILENCE_MILLISECONDS = 120_000;
/** Sooner than firewalls forget an idle connection. */
const KEEP_ALIVE_MILLISECONDS = 60_000;
/** A server that is not strict would cut texts and empty dates by itself, and only warn. */
const STRICT = "SET SESSION sql_mode = CONCAT_WS(',', NULLIF(@@SESSION.sql_mode, ''), 'STRICT_ALL_TABLES')";

/** The pool or a connection of the driver, or whatever stands before it. */
interface Queries {
  query<T>(sql: string, values?: unknown): Promise<T>;
  batch<T>(sql: string, values?: unknown): Promise<T>;
}

/**
 * Statements on one connection.
 * @param rowsAtOnce  of one statement of `insertMany`. More go as several that don't wait for each other: only where nothing is
 *   committed unasked, for when the first fails the others are on their way
 */
export function statementsOn(connection: Queries, rowsAtOnce = Number.POSITIVE_INFINITY): Statements {
  return {
    query: (sql, values = []) => connection.query(sql, [...values]),
    insert: async (sql, values) =>
      Number((await connection.query<{ insertId: number }>(sql, [...values])).insertId),
    insertMany: async (sql, rows) => {
      const parts: Promise<unknown>[] = [];
      // All are given to the driver at once, which sends the next without waiting for the answer to the one before.
      for (let from = 0; from < rows.length; from += rowsAtOnce) {
        // The driver only reads the rows.
        parts.push(connection.batch(sql, rows.slice(from, from + rowsAtOnce) as SqlValue[][]));
      }
      await Promise.all(parts);
    },
  };
}

/** Specify's database: a pool of connections. Close it, or hold it by `await using`. */
export class SpecifyDatabase implements Statements, AsyncDisposable {
  readonly #pool: Pool;
  readonly settings: SpecifySettings;
  /** As `SELECT VERSION()` says, such as "10.11.14-MariaDB". */
  readonly serverVersion: string;
  /** How long the server may be silent in the middle of a statement before the connection is given up. */
  readonly silenceMilliseconds: number;

  constructor(pool: Pool, settings: SpecifySettings, serverVersion: string, silenceMilliseconds: number) {
    this.#pool = pool;
    this.settings = settings;
    this.serverVersion = serverVersion;
    this.silenceMilliseconds = silenceMilliseconds;
  }

  query<Row>(sql: string, values: readonly SqlValue[] = []): Promise<Row[]> {
    return statementsOn(this.#pool).query(sql, values);
  }

  insert(sql: string, values: readonly SqlValue[]): Promise<number> {
    return statementsOn(this.#pool).insert(sql, values);
  }

  insertMany(sql: string, rows: readonly (readonly SqlValue[])[]): Promise<void> {
    return statementsOn(this.#pool).insertMany(sql, rows);
  }

  /**
   * Does `work` in one transaction, again from its start after a deadlock or a lost connection (see `inTransaction`).
   * @throws what `work` threw, after a rollback; CommitUnknownError
   */
  transaction<T>(work: (statements: Statements) => Promise<T>, signal?: AbortSignal): Promise<T> {
    return inTransaction(this.#pool, (connection) => work(statementsOn(connection)), signal);
  }

  /**
   * A connection of its own, for what belongs to a session, such as a named lock: it may be idle for hours. The caller ends it,
   * and puts a deadline to its statements (`WatchedConnection`). They are in a transaction without being asked, from one COMMIT
   * or ROLLBACK to the next.
   */
  dedicatedConnection(): Promise<Connection> {
    return connect(this.settings, 0, [STRICT, "SET SESSION autocommit = 0"]);
  }

  async close(): Promise<void> {
    await this.#pool.end().catch((error: unknown) => {
      // A server that is gone has nothing left to close.
      if (!failedForConnection(error)) throw error;
    });
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}

/**
 * Opens Specify's database, checking at once that the server lets us in.
 * @throws the driver's errors (see `diagnoseSpecify`)
 */
export async function openSpecify(
  settings: SpecifySettings,
  { connections = 4, silenceMilliseconds = SILENCE_MILLISECONDS } = {},
): Promise<SpecifyDatabase> {
  // The pool would hide the reason of a refusal behind its own timeout.
  const first = await connect(settings, silenceMilliseconds);
  const [row] = await first
    .query<{ version: string }[]>("SELECT VERSION() AS version")
    .finally(() => first.end());
  const { createPool } = await import("mariadb");
  const pool = createPool({
    ...driverOptions(settings, silenceMilliseconds),
    connectionLimit: connections,
    minimumIdle: 0,
    acquireTimeout: CONNECT_MILLISECONDS,
    initializationTimeout: CONNECT_MILLISECONDS,
  });
  return new SpecifyDatabase(pool, settings, row?.version ?? "unknown", silenceMilliseconds);
}

async function connect(
  settings: SpecifySettings,
  silenceMilliseconds: number,
  initSql: string[] = [STRICT],
): Promise<Connection> {
  const { createConnection } = await import("mariadb");
  const connection = await createConnection({ ...driverOptions(settings, silenceMilliseconds), initSql });
  // Lost while idle, it is told to nobody; without a listener that would end the process. The next statement says so.
  connection.on("error", () => undefined);
  return connection;
}

/** `silenceMilliseconds` also ends idle connections; 0 lets them be. */
function driverOptions(
  { host, port, database, user, password }: SpecifySettings,
  silenceMilliseconds: number,
) {
  return {
    host,
    port,
    database,
    user,
    password,
    charset: "utf8mb4",
    timezone: "Z",
    initSql: STRICT,
    insertIdAsNumber: true,
    bigIntAsNumber: true,
    // Values of a statement are people's names and addresses: not for error messages.
    logParam: false,
    connectTimeout: CONNECT_MILLISECONDS,
    socketTimeout: silenceMilliseconds,
    keepAliveDelay: KEEP_ALIVE_MILLISECONDS,
  };
}
