import type { Reader } from "./database.ts";

/**
 * The number of the first division, which migrated agents belong to.
 * @throws Error when Specify has none yet
 */
export async function firstDivision(database: Reader): Promise<number> {
  const [row] = await database.query<{ id: number }>(
    "SELECT usergroupscopeid AS id FROM division ORDER BY usergroupscopeid LIMIT 1",
  );
  if (!row) {
    throw new Error(
      "Specify has no division yet, and agents must belong to one. Set Specify up first, or run Sync Specify structure.",
    );
  }
  return row.id;
}
