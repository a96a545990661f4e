import type { SpecifyDatabase } from "./database.ts";
import { announceHolder, readHolder } from "./lock-holder.ts";
import { lockName } from "./lock-name.ts";
import type { WatchedConnection } from "./watched-connection.ts";

/** What a lock is for, and who takes it. */
export interface LockRequest {
  /** The flow: two runs of the same do not write at once. */
  migration: string;
  /** Shown to whoever is refused, such as `flow run "brave-otter" (id …)`. */
  holder: string;
  /** How long to wait for it. The lock of a run that was killed a moment ago is free as soon as the server has noticed. */
  waitSeconds?: number;
}

/**
 * Takes the lock that one migration holds while it writes. It belongs to this connection: the server gives it back when the
 * connection ends, after whatever that was still doing, and so also when this process dies.
 * @throws Error in plain words, which name the run that holds it
 */
export async function lockConnection(
  connection: Pick<WatchedConnection, "query">,
  database: string,
  { migration, holder, waitSeconds = 5 }: LockRequest,
): Promise<void> {
  const name = lockName(migration, database);
  const [row] = await connection.query<{ taken: number | null }[]>("SELECT GET_LOCK(?, ?) AS taken", [
    name,
    waitSeconds,
  ]);
  if (row?.taken === 1) return await announceHolder(connection, name, holder);
  const other = await readHolder(connection, name);
  throw new Error(
    `Another run of "${migration}" is writing to the database ${database} right now: ${other.description ?? "it has not said which"}` +
      `${other.connectionId === undefined ? "" : `, connection ${other.connectionId} of MariaDB`}. ` +
      "Wait until it has ended, or cancel it, and start this one again. " +
      "(If it died together with its machine, its connection is ended by KILL and that number.)",
  );
}

/**
 * The same on a connection of its own, for a migration that writes through the pool. Give it back by `await using`.
 * @throws Error in plain words when another run holds it
 */
export async function takeMigrationLock(
  database: SpecifyDatabase,
  migration: string,
  holder = "",
): Promise<AsyncDisposable> {
  const connection = await database.dedicatedConnection();
  try {
    await lockConnection(connection, database.settings.database, { migration, holder, waitSeconds: 1 });
  } catch (error) {
    connection.destroy();
    throw error;
  }
  return {
    async [Symbol.asyncDispose]() {
      await connection.end().catch(() => connection.destroy());
    },
  };
}
