import type { Connection } from "oracledb";
import type { DriverSockets } from "./sockets.ts";
import type { FetchTypeHandler, OracleRow, OracleValue } from "./values.ts";
import { watched } from "./watchdog.ts";

/** What a session needs besides the driver's connection. */
export interface SessionParts {
  connection: Connection;
  fetchTypeHandler: FetchTypeHandler;
  sockets: DriverSockets;
  mode: "thin" | "thick";
  clientVersion: string;
  /** `host:port/service` */
  where: string;
  stallTimeoutSeconds: number;
  signal: AbortSignal | undefined;
}

export interface StreamOptions {
  binds?: readonly OracleValue[];
  /** Rows a batch, and `fetchArraySize` of the driver. */
  batchSize?: number;
  /** What is read, for messages. */
  doing?: string;
}

/** Measured: see docs/decisions/0003-oracle-reads.md. */
const BATCH_ROWS = 1000;
const CLOSE_SECONDS = 5;
/** `oracledb.OUT_FORMAT_OBJECT`, without loading the driver for it. */
const OUT_FORMAT_OBJECT = 4002;

/** An open connection to Oracle, for reading. Every call stands under the watchdog. */
export class OracleSession implements AsyncDisposable {
  readonly #parts: SessionParts;
  #givenUp = false;

  constructor(parts: SessionParts) {
    this.#parts = parts;
  }

  get mode(): "thin" | "thick" {
    return this.#parts.mode;
  }

  /** Such as "node-oracledb 26.0.0" (thin) or "Instant Client 19.3.0.0.0" (thick). */
  get clientVersion(): string {
    return this.#parts.clientVersion;
  }

  /** Such as "19.3.0.0.0". */
  get serverVersion(): string {
    return this.#parts.connection.oracleServerVersionString ?? "unknown";
  }

  /**
   * Runs a statement and returns all its rows.
   * @throws the driver's errors; OracleStalledError
   */
  async query(
    sql: string,
    binds: readonly OracleValue[] = [],
    doing = "running a query",
  ): Promise<OracleRow[]> {
    const rows: OracleRow[] = [];
    for await (const batch of this.stream(sql, { binds, doing })) rows.push(...batch);
    return rows;
  }

  /**
   * Runs a query and gives its rows batch by batch, in the query's order. While a batch is worked on, the next one is already
   * on its way, and no more than that one: the reader sets the pace.
   * @throws the driver's errors, also in mid stream; OracleStalledError; the signal's reason
   */
  async *stream(sql: string, options: StreamOptions = {}): AsyncGenerator<OracleRow[], void, undefined> {
    const { binds = [], batchSize = BATCH_ROWS, doing = "reading rows" } = options;
    const { connection, fetchTypeHandler } = this.#parts;
    const reading = {
      resultSet: true,
      fetchArraySize: batchSize,
      prefetchRows: batchSize,
      fetchTypeHandler,
      outFormat: OUT_FORMAT_OBJECT,
    };
    const executed = await this.#watch(connection.execute<OracleRow>(sql, [...binds], reading), doing);
    const rows = executed.resultSet;
    if (!rows) return;
    const fetch = (): Promise<OracleRow[]> => {
      const batch = this.#watch(rows.getRows(batchSize), doing);
      // It may fail while the reader is busy with the batch before; the reader gets it when it asks.
      batch.catch(ignoreUntilAsked);
      return batch;
    };
    let next = fetch();
    try {
      for (;;) {
        const batch = await next;
        const isLast = batch.length < batchSize;
        if (!isLast) next = fetch();
        if (batch.length > 0) yield batch;
        if (isLast) return;
      }
    } finally {
      await next.catch(ignoreUntilAsked);
      if (!this.#givenUp) await this.#watch(rows.close(), "closing a result").catch(() => this.#giveUp());
    }
  }

  /** False once the connection was given up, or the driver has found it broken. */
  get isUsable(): boolean {
    return !this.#givenUp && this.#parts.connection.isHealthy();
  }

  /** Asks the server for a sign of life. @throws the driver's errors; OracleStalledError */
  async ping(): Promise<void> {
    await this.#watch(this.#parts.connection.ping(), "asking for a sign of life");
  }

  /** Ends the session. Never throws and never waits long: a broken connection has nothing left to say. */
  async close(): Promise<void> {
    const { connection, sockets, where } = this.#parts;
    // Also after giving up, when its sockets are cut: the driver then lets go of what it holds.
    const closing = connection.close();
    await watched(closing, {
      doing: "closing",
      where,
      seconds: CLOSE_SECONDS,
      sockets,
      signal: undefined,
    }).catch(() => this.#giveUp());
    sockets.destroy();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #watch<T>(call: Promise<T>, doing: string): Promise<T> {
    const { sockets, where, stallTimeoutSeconds, signal } = this.#parts;
    try {
      return await watched(call, { doing, where, seconds: stallTimeoutSeconds, sockets, signal });
    } catch (error) {
      if (signal?.aborted || (error as { code?: unknown }).code === "ORACLE-STALLED") this.#giveUp();
      throw error;
    }
  }

  #giveUp(): void {
    this.#givenUp = true;
    this.#parts.sockets.destroy();
  }
}

function ignoreUntilAsked(): void {
  // Whoever awaits the batch itself gets the error.
}
