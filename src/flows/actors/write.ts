import {
  type AgentToInsert,
  agentIsThere,
  insertAgents,
  type NewAgent,
  newGuid,
} from "../../specify/agents.ts";
import type { LockedSession } from "../../specify/locked-session.ts";
import { type RefusedRow, writeHalving } from "../../specify/write-halving.ts";

/** An actor's agent, to be written. */
export interface ActorToWrite {
  id: number | string;
  agent: NewAgent;
  /** Lines for the report about values that do not go in whole. */
  cuts: string[] | undefined;
}

/** Writes a batch in one transaction; gives the rows that the database refused. */
export async function writeActors(
  session: LockedSession,
  actors: readonly ActorToWrite[],
  divisionId: number,
): Promise<RefusedRow<ActorToWrite>[]> {
  const rows = actors.map((actor) => ({
    actor,
    agent: { ...actor.agent, guid: newGuid() } satisfies AgentToInsert,
  }));
  const refused = await writeHalving(session, rows, {
    write: (statements, some) =>
      insertAgents(
        statements,
        some.map(({ agent }) => agent),
        { divisionId, specifyUserId: null },
      ),
    landed: (statements, { agent }) => agentIsThere(statements, agent.guid),
  });
  return refused.map(({ row, reason }) => ({ row: row.actor, reason }));
}
