import { setTimeout as wait } from "node:timers/promises";
import { diagnoseOracle } from "./diagnose.ts";
import type { OraclePool } from "./pool.ts";
import { reconnectDelaySeconds } from "./reconnect-delay.ts";
import type { OracleRow, OracleValue } from "./values.ts";

/** What is read, and by which key it can be gone on with. */
export interface KeyedRead {
  /** A query without ORDER BY; binds by position. */
  sql: string;
  /** The upper-case name, among the query's columns, of one that is unique and never null: a NUMBER or a text. */
  key: string;
  binds?: readonly OracleValue[];
  /** Only rows behind this key: where an earlier read ended. */
  after?: number | string;
  batchSize?: number;
  /** What is read, for messages: "reading MUSIT_BOTANIKK_FELLES.ACTOR". */
  doing?: string;
}

/** The query gave a key twice, out of order, or none at all: it cannot be gone on with after a lost connection. */
class OracleKeyError extends Error {
  override readonly name = "OracleKeyError";
  readonly code = "ORACLE-KEY";
}

/**
 * Reads a query in the order of its key, batch by batch. When the connection is lost in between, it connects again
 * and goes on behind the last key that was given out, so that no row is doubled and none is lost. It gives up when no row
 * has come for `reconnectSeconds` of the settings. When the pool has never had a session, a connection that fails is not tried
 * again here: the settings may be wrong.
 * @throws the driver's errors; OracleStalledError; OracleKeyError; the signal's reason
 */
export async function* readByKey(
  pool: OraclePool,
  read: KeyedRead,
): AsyncGenerator<OracleRow[], void, undefined> {
  const { batchSize, doing = "reading rows" } = read;
  const { log, settings, signal } = pool;
  let last = read.after;
  let attempt = 0;
  let lostAt = 0;
  for (;;) {
    try {
      await using lease = await pool.lease();
      const { sql, binds } = statement(read, last);
      const batches = lease.session.stream(sql, {
        binds,
        doing,
        ...(batchSize === undefined ? {} : { batchSize }),
      });
      for await (const batch of batches) {
        last = lastKey(batch, read.key, last);
        attempt = 0;
        yield batch;
      }
      return;
    } catch (error) {
      const { transient, pattern, code } = diagnoseOracle(error);
      // A service that was there: while a database starts, its listener does not know it yet.
      const mayPass = transient || pattern === "wrong-service";
      if (!pool.wasReached || !mayPass || signal?.aborted) throw error;
      if (attempt === 0) lostAt = performance.now();
      attempt += 1;
      const seconds = reconnectDelaySeconds(attempt);
      if (performance.now() - lostAt > settings.reconnectSeconds * 1000) throw error;
      log(
        `Lost the connection to Oracle while ${doing}, ${last === undefined ? "before the first row" : `behind ${read.key} ${last}`}: ` +
          `${pattern}${code === undefined ? "" : ` (${code})`}. Connecting again in ${seconds} s (try ${attempt}) and going on from there.`,
      );
      await wait(seconds * 1000, undefined, signal ? { signal } : {}).catch(() => signal?.throwIfAborted());
    }
  }
}

function statement(
  { sql, key, binds = [] }: KeyedRead,
  last: number | string | undefined,
): { sql: string; binds: readonly OracleValue[] } {
  const order = `ORDER BY "${key}"`;
  if (last === undefined) return { sql: `SELECT * FROM (${sql}) ${order}`, binds };
  return { sql: `SELECT * FROM (${sql}) WHERE "${key}" > :last_key ${order}`, binds: [...binds, last] };
}

/** The last key of a batch. @throws OracleKeyError when the keys do not rise from row to row */
function lastKey(
  batch: readonly OracleRow[],
  name: string,
  before: number | string | undefined,
): number | string | undefined {
  let last = before;
  for (const row of batch) {
    const key = row[name];
    if (typeof key !== "number" && typeof key !== "string") {
      throw new OracleKeyError(
        `A row has ${name} = ${String(key)}; reading by key needs a number or a text in every row. Choose another column.`,
      );
    }
    if (last !== undefined && !rises(last, key)) {
      throw new OracleKeyError(
        `${name} ${key} came after ${name} ${last}; reading by key needs a column without doubles. Choose another column.`,
      );
    }
    last = key;
  }
  return last;
}

/** Texts only differ: Oracle orders them by the bytes of the database's character set, which may not be this one. */
function rises(before: number | string, key: number | string): boolean {
  return typeof before === "number" && typeof key === "number" ? key > before : key !== before;
}
