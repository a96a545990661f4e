import type { Reader } from "../../specify/database.ts";
import { USER_MARKER } from "../users/plan.ts";

/** Rows of one transaction are written within this. */
const SAME_MOMENT_SECONDS = 60;

/**
 * Users that Specify had before Migrate Users gave them the agent that they lacked: told by the moments at which the two were
 * made, which are one where the migration made both. Their own columns are not the migration's.
 */
export async function earlierUsers(specify: Reader): Promise<Set<number>> {
  const rows = await specify.query<{ id: number }>(
    `SELECT u.specifyuserid AS id FROM specifyuser u JOIN agent a ON a.SpecifyUserID = u.specifyuserid
      WHERE a.Remarks LIKE ? AND ABS(TIMESTAMPDIFF(SECOND, u.TimestampCreated, a.TimestampCreated)) > ${SAME_MOMENT_SECONDS}`,
    [`${USER_MARKER}%`],
  );
  return new Set(rows.map(({ id }) => id));
}
