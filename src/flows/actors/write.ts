import { type AgentToInsert, agentIsThere, insertAgents } from "../../specify/agents.ts";
import type { LockedSession } from "../../specify/locked-session.ts";
import { type RefusedRow, writeHalving } from "../../specify/write-halving.ts";

/** An actor's agent, to be written. */
export interface ActorToWrite {
  id: number | string;
  agent: AgentToInsert;
  /** Lines for the report about values that do not go in whole. */
  cuts: string[] | undefined;
}

/** Writes a batch in one transaction; gives the rows that the database refused. */
export function writeActors(
  session: LockedSession,
  actors: readonly ActorToWrite[],
  divisionId: number,
): Promise<RefusedRow<ActorToWrite>[]> {
  return writeHalving(session, actors, {
    write: (statements, some) =>
      insertAgents(
        statements,
        some.map(({ agent }) => agent),
        { divisionId, specifyUserId: null },
      ),
    landed: (statements, { agent }) => agentIsThere(statements, agent.guid),
  });
}
