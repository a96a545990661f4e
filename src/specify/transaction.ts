import { setTimeout as delay } from "node:timers/promises";
import type { Pool, PoolConnection } from "mariadb";
import { CommitUnknownError, failedForConflict, failedForConnection } from "./errors.ts";

const ATTEMPTS = 5;

/** 0.1, 0.2, 0.4, … at most 5 s: a deadlock is over at once, a restarting server takes a little longer. */
export function retryDelayMilliseconds(attempt: number): number {
  return Math.min(5_000, 100 * 2 ** (attempt - 1));
}

/**
 * Does `work` in one transaction. After a deadlock, a lock wait that timed out, or a connection lost before the commit was
 * sent, everything was rolled back, so it is done again from its start, at most 5 times. Once the commit is sent a lost
 * connection is never tried again: the rows may be in, and would be there twice.
 * @throws what `work` threw (rolled back); CommitUnknownError; the signal's reason between two tries
 */
export async function inTransaction<T>(
  pool: Pool,
  work: (connection: PoolConnection) => Promise<T>,
  signal?: AbortSignal,
): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    signal?.throwIfAborted();
    try {
      return await once(pool, work);
    } catch (error) {
      const mayTryAgain =
        !(error instanceof CommitUnknownError) && (failedForConflict(error) || failedForConnection(error));
      if (!mayTryAgain || attempt === ATTEMPTS) throw error;
    }
    await delay(retryDelayMilliseconds(attempt), undefined, { signal });
  }
}

async function once<T>(pool: Pool, work: (connection: PoolConnection) => Promise<T>): Promise<T> {
  const connection = await pool.getConnection();
  let committing = false;
  try {
    await connection.beginTransaction();
    const result = await work(connection);
    committing = true;
    await connection.commit();
    await connection.release();
    return result;
  } catch (error) {
    await giveBack(connection);
    throw committing && failedForConnection(error) && !failedForConflict(error)
      ? new CommitUnknownError(error)
      : error;
  }
}

/** A connection that cannot even roll back is broken: it does not go back to the pool. */
async function giveBack(connection: PoolConnection): Promise<void> {
  try {
    await connection.rollback();
    await connection.release();
  } catch (error) {
    connection.destroy();
    if (!failedForConnection(error)) throw error;
  }
}
