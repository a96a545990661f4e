import type { DatabaseSync, StatementSync } from "node:sqlite";
import { setTimeout as wait } from "node:timers/promises";
import { resultColumns } from "./columns.ts";
import { type BindValues, Cursor } from "./cursors.ts";
import { type ResultColumn, writeDescribe } from "./describe.ts";
import { DictionaryTables } from "./dictionary/fill.ts";
import { OracleError, oracleError } from "./errors.ts";
import { type ExecuteRequest, Option, type RawValue, readRows } from "./execute.ts";
import { type End, writeEnd, writeRowHeader } from "./messages.ts";
import { runBlock, writeOutBinds } from "./plsql.ts";
import type { ServerState } from "./server.ts";
import type { Answer } from "./session.ts";
import type { Ddl } from "./sql/ddl.ts";
import { toOracleError } from "./sql/errors.ts";
import { registerFunctions } from "./sql/functions.ts";
import { translate } from "./sql/translate.ts";
import { Transaction } from "./transaction.ts";
import { zoneMinutes } from "./values/date.ts";
import { decodeBind } from "./values/decode.ts";
import { LobStore } from "./values/lob.ts";
import { storeValue } from "./values/store.ts";
import type { MessageReader } from "./wire/reader.ts";
import type { MessageWriter } from "./wire/writer.ts";

const SAMPLE_ROWS = 50;
const NO_DATA = new OracleError(1403, "no data found");

/** Who is logged in, and what the login said. */
export interface SessionInfo {
  id: number;
  user: string;
  service: string;
  pairs: ReadonlyMap<string, string>;
}

/** The statements of one session: its cursors, its transaction, its LOBs. */
export class Statements {
  readonly lobs = new LobStore();
  readonly #server: ServerState;
  readonly #database: DatabaseSync;
  readonly #transaction: Transaction;
  readonly #cursors = new Map<number, Cursor>();
  readonly #zone: number;
  readonly #dictionary: DictionaryTables;
  #schema: string;
  #nextCursor = 1;
  #last: { cursor: Cursor; count: number } | undefined;

  constructor(server: ServerState, info: SessionInfo) {
    this.#server = server;
    this.#schema = info.user;
    this.#database = server.database.open();
    this.#transaction = new Transaction(this.#database, server.database.lock);
    this.#zone = zoneMinutes(
      /TIME_ZONE\s*=\s*'([^']+)'/i.exec(info.pairs.get("AUTH_ALTER_SESSION") ?? "")?.[1] ?? "",
    );
    const { catalog } = server.database;
    this.#dictionary = new DictionaryTables(this.#database, catalog, info.user, server.version);
    registerFunctions(this.#database, {
      user: info.user,
      service: info.service,
      sessionId: info.id,
      version: server.version,
      zone: this.#zone,
      schema: () => this.#schema,
      store: (name, columnName, value) => {
        const dot = name.indexOf(".");
        const table = catalog.table(name.slice(0, dot), name.slice(dot + 1));
        const column = table?.columns.find((one) => one.name === columnName);
        return table && column ? storeValue(table, column, value) : value;
      },
    });
  }

  get inTransaction(): boolean {
    return this.#transaction.open;
  }

  setSchema(name: string): void {
    this.#schema = name;
  }

  commit(): void {
    this.#transaction.commit();
  }

  rollback(): void {
    for (const cursor of this.#cursors.values()) cursor.settle();
    this.#transaction.rollback();
    this.#dictionary.forget();
  }

  close(): void {
    for (const cursor of this.#cursors.values()) cursor.close();
    this.#transaction.rollback();
    this.#database.close();
  }

  /** Stops fetching from a cursor; with `forget`, the cursor is gone. */
  release(id: number, forget: boolean): void {
    this.#cursors.get(id)?.close();
    if (forget) this.#cursors.delete(id);
  }

  /** Reads as many rows as were asked for last, while the client is busy with those it has. */
  readAhead(): void {
    const last = this.#last;
    if (!last || this.#cursors.get(last.cursor.id) !== last.cursor) return;
    try {
      last.cursor.readAhead(last.count + 1);
    } catch {
      // The same error comes again when the rows are asked for, and is told to the client then.
      this.#last = undefined;
    }
  }

  /** EXECUTE: a new statement, new bind types, a define, or a plain run. */
  async execute(
    request: ExecuteRequest,
    reader: MessageReader,
    writer: MessageWriter,
    signal: AbortSignal,
  ): Promise<Answer> {
    let cursor: Cursor | undefined;
    const isNew = request.sql !== undefined;
    return await this.#guarded(
      writer,
      () => (isNew ? 0 : request.cursor),
      async () => {
        cursor = isNew ? this.#parse(request.sql ?? "") : this.#cursor(request.cursor);
        if (request.options & Option.define) cursor.define(request.defines, this.lobs);
        if (request.binds.length > 0) cursor.binds = request.binds;
        if (request.options & Option.describeOnly) return this.#describeOnly(cursor, writer);
        if (!(request.options & Option.execute)) return this.#end(writer, cursor);
        const rows = readRows(
          reader,
          request.binds,
          cursor.isQuery ? 1 : request.executions,
          cursor.translation.kind === "plsql",
        );
        if (cursor.isQuery) {
          const fetch = request.options & Option.fetch ? request.prefetch : undefined;
          return await this.#query(cursor, rows, fetch, writer, signal);
        }
        const options = {
          commit: (request.options & Option.commit) !== 0,
          batch: (request.options & Option.batchErrors) !== 0,
          executions: request.executions,
        };
        return await this.#write(cursor, rows, options, writer, signal);
      },
    );
  }

  /** REEXECUTE: a known statement with the bind types of its last full execute. */
  async reexecute(
    reader: MessageReader,
    writer: MessageWriter,
    signal: AbortSignal,
    fetch: boolean,
  ): Promise<Answer> {
    const id = reader.ub();
    return await this.#guarded(
      writer,
      () => id,
      async () => {
        const cursor = this.#cursor(id);
        const iterations = reader.ub();
        reader.ub();
        const commit = (reader.ub() & 1) !== 0;
        const rows = readRows(reader, cursor.binds, cursor.isQuery ? 1 : iterations, false);
        if (cursor.isQuery)
          return await this.#query(cursor, rows, fetch ? iterations : undefined, writer, signal);
        return await this.#write(
          cursor,
          rows,
          { commit, batch: false, executions: iterations },
          writer,
          signal,
        );
      },
    );
  }

  async fetch(id: number, count: number, writer: MessageWriter, signal: AbortSignal): Promise<Answer> {
    return await this.#guarded(
      writer,
      () => id,
      async () => {
        return await this.#rows(this.#cursor(id), count, writer, signal);
      },
    );
  }

  #parse(sql: string): Cursor {
    const translation = translate(sql, this.#server.database.catalog, this.#schema);
    let statement: StatementSync | undefined;
    if (translation.kind === "query" || translation.kind === "dml") {
      this.#dictionary.fill(translation.dictionary);
      statement = this.#database.prepare(translation.sql);
      statement.setReturnArrays(true);
      statement.setAllowUnknownNamedParameters(true);
    }
    const cursor = new Cursor(this.#nextCursor++, translation, statement);
    this.#cursors.set(cursor.id, cursor);
    return cursor;
  }

  #cursor(id: number): Cursor {
    const cursor = this.#cursors.get(id);
    if (!cursor) throw new OracleError(1001, "invalid cursor");
    return cursor;
  }

  #values(cursor: Cursor, row: readonly RawValue[]): BindValues {
    const values: BindValues = {};
    for (const [index, type] of cursor.binds.entries()) {
      const value = decodeBind(type, row[index] ?? null, this.lobs, this.#zone);
      values[`b${index + 1}`] = value === "" ? null : value;
    }
    return values;
  }

  #describe(cursor: Cursor): boolean {
    const columns = resultColumns(cursor, SAMPLE_ROWS);
    const before = cursor.columns;
    const same =
      columns.length === before.length && columns.every((column, i) => sameColumn(column, before[i]));
    if (!same) cursor.describe(columns, this.lobs);
    return !same;
  }

  #describeOnly(cursor: Cursor, writer: MessageWriter): Answer {
    this.#describe(cursor);
    writeDescribe(writer, cursor.columns);
    return this.#end(writer, cursor);
  }

  async #query(
    cursor: Cursor,
    rows: RawValue[][],
    fetch: number | undefined,
    writer: MessageWriter,
    signal: AbortSignal,
  ): Promise<Answer> {
    if (cursor.translation.kind === "query") this.#dictionary.fill(cursor.translation.dictionary);
    cursor.open(this.#values(cursor, rows[0] ?? []));
    if (this.#describe(cursor)) writeDescribe(writer, cursor.columns);
    // LOB columns are never sent before the client has said in which type it wants them.
    if (fetch === undefined || (cursor.hasLobs && !cursor.isDefined)) return this.#end(writer, cursor);
    return await this.#rows(cursor, fetch, writer, signal);
  }

  async #rows(cursor: Cursor, count: number, writer: MessageWriter, signal: AbortSignal): Promise<Answer> {
    const { cutAfterRows, failFetch, stall, rowsPerSecond } = this.#server.faults.current;
    const limit = Math.min(
      cutAfterRows ?? Number.POSITIVE_INFINITY,
      failFetch?.afterRows ?? Number.POSITIVE_INFINITY,
    );
    const wanted = Math.max(0, Math.min(count, limit - cursor.sent));
    if (stall?.afterRows !== undefined && !cursor.stalled && cursor.sent + count > stall.afterRows) {
      cursor.stalled = true;
      await wait(stall.ms, undefined, { signal });
    }
    writeRowHeader(writer);
    const before = cursor.sent;
    const done = cursor.writeRows(writer, wanted);
    if (rowsPerSecond !== undefined)
      await wait(((cursor.sent - before) / rowsPerSecond) * 1000, undefined, { signal });
    this.#last = { cursor, count };
    if (cursor.sent >= limit) {
      this.#server.faults.struck();
      if (failFetch && failFetch.afterRows === limit)
        return this.#end(writer, cursor, oracleError(failFetch.code));
      return { message: writer.view(), cut: true };
    }
    return this.#end(writer, cursor, done ? NO_DATA : undefined);
  }

  async #write(
    cursor: Cursor,
    rows: RawValue[][],
    options: { commit: boolean; batch: boolean; executions: number },
    writer: MessageWriter,
    signal: AbortSignal,
  ): Promise<Answer> {
    const { translation } = cursor;
    if (translation.kind === "end") {
      if (translation.commit) this.commit();
      else this.rollback();
    }
    if (translation.kind === "ddl") await this.#ddl(translation.run, signal);
    if (translation.kind === "plsql") {
      const values = this.#values(cursor, rows[0] ?? []);
      const assigned = await runBlock(translation.steps, translation.binds, values, {
        connection: this.#database,
        catalog: this.#server.database.catalog,
        schema: this.#schema,
        commit: () => this.commit(),
        rollback: () => this.rollback(),
        begin: () => this.#begin(signal),
      });
      writeOutBinds(writer, cursor.binds, assigned, values, this.lobs);
    }
    const batchErrors: { offset: number; error: OracleError }[] = [];
    let changed = 0;
    if (translation.kind === "dml") {
      this.#dictionary.fill(translation.dictionary);
      const isFirst = !this.inTransaction;
      await this.#begin(signal);
      const none: RawValue[][] = Array.from({ length: Math.max(1, options.executions) }, () => []);
      for (const [offset, row] of (cursor.binds.length > 0 ? rows : none).entries()) {
        try {
          changed += Number(cursor.statement?.run(this.#values(cursor, row)).changes ?? 0);
        } catch (error) {
          if (isFirst && changed === 0 && !options.batch) this.#transaction.rollback();
          if (!options.batch) throw error;
          batchErrors.push({ offset, error: toOracleError(error, this.#server.database.catalog) });
        }
      }
    }
    if (options.commit) this.#transaction.commit();
    return this.#end(writer, cursor, undefined, { rows: changed, batchErrors });
  }

  async #begin(signal: AbortSignal): Promise<void> {
    await this.#transaction.begin(signal, () => {
      for (const other of this.#cursors.values()) other.settle();
    });
  }

  /** DDL commits what was open, and itself. */
  async #ddl(run: Ddl, signal: AbortSignal): Promise<void> {
    this.commit();
    if (!run) return;
    await this.#begin(signal);
    try {
      run({
        database: this.#server.database,
        connection: this.#database,
        schema: this.#schema,
        setSchema: (name) => this.setSchema(name),
      });
      this.#transaction.commit();
    } catch (error) {
      this.#transaction.rollback();
      throw error;
    }
  }

  #end(writer: MessageWriter, cursor: Cursor, error?: OracleError, more: Partial<End> = {}): Answer {
    writeEnd(writer, {
      cursor: cursor.id,
      rows: cursor.isQuery ? cursor.sent : 0,
      transaction: this.inTransaction,
      error,
      ...more,
    });
    return { message: writer.view() };
  }

  async #guarded(writer: MessageWriter, cursor: () => number, act: () => Promise<Answer>): Promise<Answer> {
    try {
      return await act();
    } catch (error) {
      if (error instanceof RangeError || (error instanceof Error && error.name === "AbortError")) throw error;
      writer.reset();
      const oracle = toOracleError(error, this.#server.database.catalog);
      if (oracle.code === 600) this.#server.log("statement failed", { error: String(error) });
      writeEnd(writer, { error: oracle, cursor: cursor(), rows: 0, transaction: this.inTransaction });
      return { message: writer.view() };
    }
  }
}

function sameColumn(column: ResultColumn, other: ResultColumn | undefined): boolean {
  return (
    other !== undefined &&
    column.name === other.name &&
    column.type.name === other.type.name &&
    column.type.bytes === other.type.bytes
  );
}
