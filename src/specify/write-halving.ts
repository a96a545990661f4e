import type { Statements } from "./database.ts";
import { failsEveryRow, sqlMessage } from "./errors.ts";
import type { Landed, LockedSession } from "./locked-session.ts";

/** A row that the database did not take, and its words about that. */
export interface RefusedRow<T> {
  row: T;
  reason: string;
}

/** How a batch is written, and how to know whether it went in. */
export interface BatchWriter<T> {
  write: (statements: Statements, rows: readonly T[]) => Promise<void>;
  /** Asked on a new connection after a commit without answer; looks for one row of the batch. */
  landed: (statements: Statements, first: T) => ReturnType<Landed>;
}

/**
 * Writes rows in one transaction. When the database refuses one of them it does so without a name: then each half is
 * tried by itself, and so on, until the bad rows stand alone and the rest are in.
 * @throws what would fail every row: rights, missing columns, a server that stays away; the signal's reason
 */
export async function writeHalving<T>(
  session: LockedSession,
  rows: readonly T[],
  writer: BatchWriter<T>,
): Promise<RefusedRow<T>[]> {
  const [first] = rows;
  if (first === undefined) return [];
  try {
    await session.transaction(
      (statements) => writer.write(statements, rows),
      (statements) => writer.landed(statements, first),
    );
    return [];
  } catch (error) {
    // An error of the server has a number; anything else is not about a row.
    const isAboutRow = typeof (error as { errno?: unknown }).errno === "number" && !failsEveryRow(error);
    if (!isAboutRow) throw error;
    if (rows.length === 1) return [{ row: first, reason: sqlMessage(error) }];
  }
  const middle = Math.ceil(rows.length / 2);
  return [
    ...(await writeHalving(session, rows.slice(0, middle), writer)),
    ...(await writeHalving(session, rows.slice(middle), writer)),
  ];
}
