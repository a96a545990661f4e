import type { OraclePool } from "../../oracle/pool.ts";
import { readTextColumns } from "../../specify/columns.ts";
import type { Reader } from "../../specify/database.ts";
import { firstDivision } from "../../specify/divisions.ts";
import { comparedColumns, type StoredAgent, storedAgents } from "../../specify/stored-agents.ts";
import { readExistingUsers, userNameKeys } from "../../specify/users.ts";
import { readOracleUsers } from "../users/oracle-users.ts";
import { fittedUserName, planUsers, USER_MARKER } from "../users/plan.ts";
import { differing } from "./differing.ts";
import { earlierUsers } from "./earlier-users.ts";
import type { Findings } from "./findings.ts";

/**
 * Compares the users of Oracle with those of Specify and their agents. Of a user that Specify had before, and that was only given its
 * agent, the e-mail is Specify's own and is not compared.
 * @throws the drivers' errors; Error when Specify has no division
 */
export async function verifyUsers(pool: OraclePool, specify: Reader, findings: Findings): Promise<void> {
  await using lease = await pool.lease();
  const { users } = await readOracleUsers(lease.session);
  const divisionId = await firstDivision(specify);
  const columns = await readTextColumns(specify, ["specifyuser", "agent"]);
  const existing = await readExistingUsers(specify);
  const keyOfRow = async (names: readonly string[]): Promise<string[]> => await userNameKeys(specify, names);
  const names = users.map((user) => fittedUserName(user, columns));
  // Planned as for an empty Specify: so each user that can be migrated is among them, with what it should look like.
  const plan = planUsers({ users, names, keys: await keyOfRow(names), existing: new Map(), columns });
  const keys = await keyOfRow(plan.write.map(({ user }) => user.name));
  const marked = await markedByUser(specify);
  const earlier = await earlierUsers(specify);
  const area = findings.area("USD_METADATA.BRUKARAR");
  area.oracleRows = users.length;
  area.notMigrated = plan.duplicates.length;
  area.missing += plan.errors.length;
  for (const line of plan.errors) findings.missing.add(line);
  area.specifyRows = [...marked.values()].reduce((sum, agents) => sum + agents.length, 0);
  for (const [position, { user, agent, cuts }] of plan.write.entries()) {
    for (const line of cuts) findings.truncations.add(line);
    const found = existing.get(keys[position] ?? "");
    const stored = found && marked.get(found.id)?.shift();
    if (found === undefined || (stored === undefined && !found.hasAgent)) {
      area.missing += 1;
      findings.missing.add(
        found ? `User '${user.name}' has no agent` : `User '${user.name}' is not in Specify`,
      );
    } else if (stored === undefined) area.kept += 1;
    else {
      const email = earlier.has(found.id) ? found.email : user.email;
      const expected = comparedColumns({ agent, divisionId, specifyUserId: found.id });
      const which = differing(
        [["specifyuser.EMail", email], ...expected],
        [["specifyuser.EMail", found.email], ...comparedColumns(stored)],
      );
      if (which.length === 0) area.equal += 1;
      else {
        area.different += 1;
        findings.different.add(`User '${user.name}' (agent ${stored.agentId}): ${which.join(", ")}`);
      }
    }
  }
  for (const [userId, agents] of marked) {
    for (const { agentId } of agents) {
      area.extra += 1;
      findings.extra.add(
        `agent ${agentId} of user ${userId ?? "(none)"}: came from no user that Oracle has now`,
      );
    }
  }
}

/** The agents that Migrate Users made, by the user they belong to. */
async function markedByUser(specify: Reader): Promise<Map<number | null, StoredAgent[]>> {
  const found = new Map<number | null, StoredAgent[]>();
  for await (const page of storedAgents(specify, USER_MARKER)) {
    for (const one of page) {
      const others = found.get(one.specifyUserId);
      if (others) others.push(one);
      else found.set(one.specifyUserId, [one]);
    }
  }
  return found;
}
