import type { Cursor } from "./cursors.ts";
import type { OracleError } from "./errors.ts";
import type { RawValue } from "./execute.ts";
import { writeEnd } from "./messages.ts";
import { runBlock, writeOutBinds } from "./plsql.ts";
import type { Answer } from "./session.ts";
import type { SessionData } from "./session-data.ts";
import type { Ddl } from "./sql/ddl.ts";
import { toOracleError } from "./sql/errors.ts";
import type { MessageWriter } from "./wire/writer.ts";

/** How a statement is to be run. */
export interface WriteOptions {
  /** Commit when it went well. */
  commit: boolean;
  /** Go on after a row that fails, and report all such rows. */
  batchErrors: boolean;
  /** How often, for a statement without bind values. */
  executions: number;
}

interface Outcome {
  rows: number;
  batchErrors: { offset: number; error: OracleError }[];
}

/** Runs anything that is not a query: DML for each row of bind values, DDL, PL/SQL, ALTER SESSION. */
export async function runWrite(
  data: SessionData,
  cursor: Cursor,
  rows: readonly RawValue[][],
  options: WriteOptions,
  writer: MessageWriter,
  signal: AbortSignal,
): Promise<Answer> {
  const { translation } = cursor;
  let outcome: Outcome = { rows: 0, batchErrors: [] };
  switch (translation.kind) {
    case "dml":
      data.dictionary.fill(translation.dictionary);
      outcome = await changeRows(data, cursor, rows, options, signal);
      break;
    case "ddl":
      await define(data, translation.run, signal);
      break;
    case "plsql": {
      const values = data.values(cursor, rows[0] ?? []);
      const assigned = await runBlock(translation.steps, translation.binds, values, data, signal);
      writeOutBinds(writer, cursor.binds, assigned, values, data.lobs);
      break;
    }
    case "session":
      data.schema = translation.schema ?? data.schema;
      break;
    case "end":
      if (translation.commit) data.commit();
      else data.rollback();
      break;
    default:
  }
  if (options.commit) data.commit();
  writeEnd(writer, { cursor: cursor.id, transaction: data.inTransaction, ...outcome });
  return { message: writer.view() };
}

async function changeRows(
  data: SessionData,
  cursor: Cursor,
  rows: readonly RawValue[][],
  options: WriteOptions,
  signal: AbortSignal,
): Promise<Outcome> {
  const outcome: Outcome = { rows: 0, batchErrors: [] };
  const isFirst = !data.inTransaction;
  const none: RawValue[][] = Array.from({ length: Math.max(1, options.executions) }, () => []);
  await data.begin(signal);
  for (const [offset, row] of (cursor.binds.length > 0 ? rows : none).entries()) {
    try {
      outcome.rows += Number(cursor.statement?.run(data.values(cursor, row)).changes ?? 0);
    } catch (error) {
      if (options.batchErrors) {
        outcome.batchErrors.push({ offset, error: toOracleError(error, data.server.database.catalog) });
        continue;
      }
      // Nothing was changed, so nothing is left open.
      if (isFirst && outcome.rows === 0) data.rollback();
      throw error;
    }
  }
  return outcome;
}

/** DDL commits what was open, and itself. */
async function define(data: SessionData, run: Ddl, signal: AbortSignal): Promise<void> {
  data.commit();
  if (!run) return;
  await data.begin(signal);
  try {
    run({ database: data.server.database, connection: data.connection, schema: data.schema });
    data.commit();
  } catch (error) {
    data.rollback();
    throw error;
  }
}
