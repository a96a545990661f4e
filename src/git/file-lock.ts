import { mkdir } from "node:fs/promises";
import { dirname } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { setTimeout as delay } from "node:timers/promises";
import { throwIfCancelled } from "./errors.ts";
import { lockPollDelay } from "./retry-delay.ts";

const SQLITE_BUSY = 5;

/**
 * Does `work` while no other process on this file system does, and gives its result.
 *
 * The lock is SQLite's own lock on an empty database that is never written: the operating system lets go of it when its
 * holder dies, however it dies, so there are no stale locks to guess about and nothing on disk to be corrupted.
 *
 * @param path file of the lock; made when missing, and left there
 * @param options.shortcut looked at before each attempt: a value ends the waiting without the lock
 * Throws GIT_CANCELLED when `signal` fires while waiting.
 */
export async function withFileLock<T>(
  path: string,
  work: () => Promise<T>,
  options: { signal?: AbortSignal | undefined; shortcut?: () => Promise<T | undefined> } = {},
): Promise<T> {
  await mkdir(dirname(path), { recursive: true });
  const database = new DatabaseSync(path, { timeout: 0 });
  try {
    for (let attempt = 1; ; attempt += 1) {
      throwIfCancelled(options.signal, `Waiting for ${path}`);
      const ready = await options.shortcut?.();
      if (ready !== undefined) return ready;
      if (tryLock(database)) return await work();
      await delay(lockPollDelay(attempt, Math.random()), undefined, { signal: options.signal }).catch(
        (error) => {
          if (!options.signal?.aborted) throw error;
        },
      );
    }
  } finally {
    // Closing rolls the empty transaction back, which is what frees the lock.
    database.close();
  }
}

function tryLock(database: DatabaseSync): boolean {
  try {
    database.exec("BEGIN EXCLUSIVE");
    return true;
  } catch (error) {
    if ((error as { errcode?: number }).errcode === SQLITE_BUSY) return false;
    throw error;
  }
}
