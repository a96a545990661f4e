import type { StatementSync } from "node:sqlite";
import { Cursor } from "./cursors.ts";
import { type ExecuteRequest, Option, readRows } from "./execute.ts";
import { writeEnd } from "./messages.ts";
import { describe, fetchRows, runQuery } from "./queries.ts";
import type { Answer } from "./session.ts";
import type { SessionData } from "./session-data.ts";
import { toOracleError } from "./sql/errors.ts";
import { translate } from "./sql/translate.ts";
import { MessageError, type MessageReader } from "./wire/reader.ts";
import type { MessageWriter } from "./wire/writer.ts";
import { runWrite, type WriteOptions } from "./writes.ts";

/** The calls of one session that have to do with statements: execute, run again, fetch, close. */
export class Statements {
  readonly #data: SessionData;
  #nextCursor = 1;
  #last: { cursor: Cursor; count: number } | undefined;

  constructor(data: SessionData) {
    this.#data = data;
  }

  /** Stops fetching from a cursor; with `forget`, the cursor is gone. */
  release(id: number, forget: boolean): void {
    this.#data.cursors.get(id)?.close();
    if (forget) this.#data.cursors.delete(id);
  }

  /** Reads as many rows as were asked for last, while the client is busy with those it has. */
  readAhead(): void {
    const last = this.#last;
    if (last && this.#data.cursors.get(last.cursor.id) === last.cursor) last.cursor.readAhead(last.count + 1);
  }

  /** EXECUTE: a new statement, new bind types, a define, or a plain run. */
  async execute(
    request: ExecuteRequest,
    reader: MessageReader,
    writer: MessageWriter,
    signal: AbortSignal,
  ): Promise<Answer> {
    const { options, sql } = request;
    const known = sql === undefined ? request.cursor : 0;
    const started = this.#nextCursor;
    const answer = await this.#guarded(writer, known, async () => {
      const cursor = sql === undefined ? this.#data.cursor(request.cursor) : this.#parse(sql);
      if (options & Option.define) cursor.define(request.defines, this.#data.lobs);
      if (request.binds.length > 0) cursor.binds = request.binds;
      if (options & Option.describeOnly) describe(this.#data, cursor, writer, true);
      if (options & Option.describeOnly || !(options & Option.execute)) return this.#end(writer, cursor);
      const count = cursor.isQuery ? 1 : request.executions;
      const rows = readRows(reader, request.binds, count, cursor.translation.kind === "plsql");
      if (cursor.isQuery) {
        const fetch = options & Option.fetch ? request.prefetch : undefined;
        this.#last = fetch === undefined ? this.#last : { cursor, count: fetch };
        return await runQuery(this.#data, cursor, rows[0] ?? [], fetch, writer, signal);
      }
      const how: WriteOptions = {
        commit: (options & Option.commit) !== 0,
        batchErrors: (options & Option.batchErrors) !== 0,
        executions: request.executions,
      };
      return await runWrite(this.#data, cursor, rows, how, writer, signal);
    });
    // The client never learns the id of a statement that failed at once.
    if (answer.failed && sql !== undefined) this.release(started, true);
    return answer;
  }

  /** REEXECUTE: a known statement with the bind types of its last full execute. */
  async reexecute(
    reader: MessageReader,
    writer: MessageWriter,
    signal: AbortSignal,
    fetch: boolean,
  ): Promise<Answer> {
    const id = reader.ub();
    return await this.#guarded(writer, id, async () => {
      const cursor = this.#data.cursor(id);
      const iterations = reader.ub();
      reader.ub();
      const commit = (reader.ub() & 1) !== 0;
      const isBlock = cursor.translation.kind === "plsql";
      const rows = readRows(reader, cursor.binds, cursor.isQuery ? 1 : iterations, isBlock);
      if (cursor.isQuery) {
        return await runQuery(
          this.#data,
          cursor,
          rows[0] ?? [],
          fetch ? iterations : undefined,
          writer,
          signal,
        );
      }
      const how = { commit, batchErrors: false, executions: iterations };
      return await runWrite(this.#data, cursor, rows, how, writer, signal);
    });
  }

  async fetch(id: number, count: number, writer: MessageWriter, signal: AbortSignal): Promise<Answer> {
    return await this.#guarded(writer, id, async () => {
      const cursor = this.#data.cursor(id);
      this.#last = { cursor, count };
      return await fetchRows(this.#data, cursor, count, writer, signal);
    });
  }

  #parse(sql: string): Cursor {
    const { catalog, schema, dictionary, connection, cursors } = this.#data;
    const translation = translate(sql, catalog, schema);
    let statement: StatementSync | undefined;
    if (translation.kind === "query" || translation.kind === "dml") {
      dictionary.fill(translation.dictionary);
      statement = connection.prepare(translation.sql);
      statement.setReturnArrays(true);
      statement.setAllowUnknownNamedParameters(true);
    }
    const cursor = new Cursor(this.#nextCursor++, translation, statement);
    cursors.set(cursor.id, cursor);
    return cursor;
  }

  #end(writer: MessageWriter, cursor: Cursor): Answer {
    writeEnd(writer, { cursor: cursor.id, rows: 0, transaction: this.#data.inTransaction });
    return { message: writer.view() };
  }

  /** Turns what goes wrong in `act` into an ORA error for the client; `cursor` is the id it knows, or 0. */
  async #guarded(writer: MessageWriter, cursor: number, act: () => Promise<Answer>): Promise<Answer> {
    try {
      return await act();
    } catch (error) {
      if (error instanceof MessageError || (error instanceof Error && error.name === "AbortError"))
        throw error;
      const { server, inTransaction } = this.#data;
      const oracle = toOracleError(error, server.database.catalog);
      if (oracle.code === 600) server.log("statement failed", { error: String(error) });
      writer.reset();
      writeEnd(writer, { error: oracle, cursor, rows: 0, transaction: inTransaction });
      return { message: writer.view(), failed: true };
    }
  }
}
