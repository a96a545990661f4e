import type { Statements } from "./database.ts";
import { BreaksConnectionError, failsEveryRow, sqlMessage } from "./errors.ts";
import type { LockedSession } from "./locked-session.ts";

/** A row that the database did not take, and its words about that. */
export interface RefusedRow<T> {
  row: T;
  reason: string;
}

/** The rows that did not go in; all others did. */
export interface NotWritten<T> {
  refused: RefusedRow<T>[];
  /** Found there already by the writer, and left as they are. */
  present: T[];
}

/** How a batch is written, and how to know whether it went in. */
export interface BatchWriter<T> {
  /** Gives those of the rows that it inserted: not those that another run has written since these were read. */
  write: (statements: Statements, rows: readonly T[]) => Promise<readonly T[]>;
  /** Asked on a new connection after a commit without answer; looks for one row of those inserted. */
  landed: (statements: Statements, first: T) => Promise<boolean>;
}

/** A batch that breaks so many connections is halved: one row of it may be what the server, or the way to it, cannot bear. */
const BREAKS = 3;
/** For one row alone, before it is named as refused: networks may break by themselves, too. */
const BREAKS_OF_ONE = 5;

/**
 * Writes rows in one transaction. When the database refuses one of them it does so without a name: then each half is
 * tried by itself, and so on, until the bad rows stand alone and the rest are in.
 * @throws what would fail every row: rights, missing columns, rows kept locked, a full disk, a server that stays away; the signal's reason
 */
export async function writeHalving<T>(
  session: LockedSession,
  rows: readonly T[],
  writer: BatchWriter<T>,
): Promise<NotWritten<T>> {
  const [first] = rows;
  if (first === undefined) return { refused: [], present: [] };
  try {
    const inserted = await session.transaction(
      (statements) => writer.write(statements, rows),
      async (statements, [one]) => one !== undefined && (await writer.landed(statements, one)),
      { mostBreaks: rows.length === 1 ? BREAKS_OF_ONE : BREAKS },
    );
    if (inserted.length === rows.length) return { refused: [], present: [] };
    const went = new Set(inserted);
    return { refused: [], present: rows.filter((row) => !went.has(row)) };
  } catch (error) {
    // An error of the server has a number; anything else is not about a row.
    const hasNumber = typeof (error as { errno?: unknown }).errno === "number";
    const isAboutRow = error instanceof BreaksConnectionError || (hasNumber && !failsEveryRow(error));
    if (!isAboutRow) throw error;
    if (rows.length === 1) return { refused: [{ row: first, reason: sqlMessage(error) }], present: [] };
  }
  const middle = Math.ceil(rows.length / 2);
  const one = await writeHalving(session, rows.slice(0, middle), writer);
  const other = await writeHalving(session, rows.slice(middle), writer);
  return {
    refused: [...one.refused, ...other.refused],
    present: [...one.present, ...other.present],
  };
}
