import { setTimeout as wait } from "node:timers/promises";
import { resultColumns } from "./columns.ts";
import type { Cursor } from "./cursors.ts";
import { type ResultColumn, writeDescribe } from "./describe.ts";
import { OracleError, oracleError } from "./errors.ts";
import type { RawValue } from "./execute.ts";
import { writeEnd, writeRowHeader } from "./messages.ts";
import type { Answer } from "./session.ts";
import type { SessionData } from "./session-data.ts";
import type { MessageWriter } from "./wire/writer.ts";

const SAMPLE_ROWS = 50;
const NO_DATA = new OracleError(1403, "no data found");

/** Fixes the columns of a cursor and tells the client, unless it knows them already. */
export function describe(data: SessionData, cursor: Cursor, writer: MessageWriter, always = false): void {
  const columns = resultColumns(cursor, SAMPLE_ROWS);
  const before = cursor.columns;
  const isSame =
    columns.length === before.length && columns.every((column, i) => sameColumn(column, before[i]));
  if (!isSame) cursor.describe(columns, data.lobs);
  if (always || !isSame) writeDescribe(writer, cursor.columns);
}

function sameColumn(column: ResultColumn, other: ResultColumn | undefined): boolean {
  if (!other) return false;
  return (
    column.name === other.name &&
    column.type.name === other.type.name &&
    column.type.bytes === other.type.bytes
  );
}

/** Runs a query from its start, and sends at most `fetch` rows when that is given. */
export async function runQuery(
  data: SessionData,
  cursor: Cursor,
  row: readonly RawValue[],
  fetch: number | undefined,
  writer: MessageWriter,
  signal: AbortSignal,
): Promise<Answer> {
  if (cursor.translation.kind === "query") data.dictionary.fill(cursor.translation.dictionary);
  cursor.open(data.values(cursor, row));
  describe(data, cursor, writer);
  // LOB columns are never sent before the client has said in which type it wants them.
  if (fetch === undefined || (cursor.hasLobs && !cursor.isDefined)) return ended(data, cursor, writer);
  return await fetchRows(data, cursor, fetch, writer, signal);
}

/** Sends the next rows of a cursor, at most `count`, with whatever trouble is set for them. */
export async function fetchRows(
  data: SessionData,
  cursor: Cursor,
  count: number,
  writer: MessageWriter,
  signal: AbortSignal,
): Promise<Answer> {
  const { faults } = data.server;
  const { cutAfterRows, failFetch, stall, rowsPerSecond } = faults.current;
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
  if (rowsPerSecond !== undefined) {
    await wait(((cursor.sent - before) / rowsPerSecond) * 1000, undefined, { signal });
  }
  if (cursor.sent < limit) return ended(data, cursor, writer, done ? NO_DATA : undefined);
  faults.struck();
  if (failFetch?.afterRows !== limit) return { message: writer.view(), cut: true };
  return ended(data, cursor, writer, oracleError(failFetch.code));
}

function ended(data: SessionData, cursor: Cursor, writer: MessageWriter, error?: OracleError): Answer {
  writeEnd(writer, { cursor: cursor.id, rows: cursor.sent, transaction: data.inTransaction, error });
  return { message: writer.view() };
}
