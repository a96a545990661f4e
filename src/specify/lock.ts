import type { SpecifyDatabase } from "./database.ts";

/**
 * Takes the lock that one migration holds while it writes, so that two of the same do not run at once. The server gives
 * it back when this process dies. Give it back by `await using`.
 * @throws Error in plain words when another run holds it
 */
export async function takeMigrationLock(
  database: SpecifyDatabase,
  migration: string,
): Promise<AsyncDisposable> {
  const connection = await database.dedicatedConnection();
  // Names of locks hold for the whole server, and may have 64 characters.
  const name = `prefect-ts ${migration} ${database.settings.database}`.slice(0, 64);
  try {
    const [row] = await connection.query<{ taken: number | null }[]>("SELECT GET_LOCK(?, 0) AS taken", [
      name,
    ]);
    if (row?.taken !== 1) {
      throw new Error(
        `Another run of "${migration}" is writing to the database ${database.settings.database} right now. ` +
          "Wait until it has ended, or cancel it, and start this one again.",
      );
    }
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
