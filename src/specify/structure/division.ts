import { newGuid } from "../agents.ts";
import type { Statements } from "../database.ts";
import { insertRow, nextScopeId } from "./rows.ts";

/** A division to be made. */
export interface NewDivision {
  institutionId: number;
  name: string;
}

/**
 * Inserts a division, and in it an agent for each user who has one elsewhere, as Specify does: nobody could work in it without.
 * Returns its number and how many agents that were.
 */
export async function createDivision(
  statements: Statements,
  { institutionId, name }: NewDivision,
): Promise<{ id: number; agents: number }> {
  const id = await nextScopeId(statements, "division");
  // Specify leaves the abbreviation empty, not NULL, when it is given none.
  await insertRow(statements, "division", {
    usergroupscopeid: id,
    Name: name,
    Abbrev: "",
    InstitutionID: institutionId,
  });
  const users = await statements.query<{ id: number; type: number; first: string | null; last: string }>(
    `SELECT u.specifyuserid AS id, a.AgentType AS type, a.FirstName AS first,
            COALESCE(NULLIF(a.LastName, ''), NULLIF(u.Name, ''), 'User') AS last
       FROM specifyuser u
       JOIN agent a ON a.agentid = (SELECT MIN(agentid) FROM agent WHERE SpecifyUserID = u.specifyuserid)
      ORDER BY u.specifyuserid`,
  );
  await statements.insertMany(
    `INSERT INTO agent (AgentType, FirstName, LastName, GUID, DivisionID, SpecifyUserID,
                        TimestampCreated, TimestampModified, version)
     VALUES (?, ?, ?, ?, ${id}, ?, UTC_TIMESTAMP(6), UTC_TIMESTAMP(6), 0)`,
    users.map((user) => [user.type, user.first, user.last, newGuid(), user.id]),
  );
  return { id, agents: users.length };
}
