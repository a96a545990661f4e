import { type AgentToInsert, agentIsThere, insertAgents } from "../../specify/agents.ts";
import type { LockedSession } from "../../specify/locked-session.ts";
import { type NotWritten, writeHalving } from "../../specify/write-halving.ts";
import type { ExistingActors } from "./existing.ts";

/** An actor's agent, to be written. */
export interface ActorToWrite {
  id: number | string;
  agent: AgentToInsert;
  /** Lines for the report about values that do not go in whole. */
  cuts: string[] | undefined;
}

/** Writes a batch in one transaction, without those that another run has written meanwhile; gives the rows that did not go in. */
export function writeActors(
  session: LockedSession,
  actors: readonly ActorToWrite[],
  divisionId: number,
  existing: ExistingActors,
): Promise<NotWritten<ActorToWrite>> {
  return writeHalving(session, actors, {
    write: async (statements, some) => {
      const missing = (await existing.lookAgain(statements, session.timesLocked))
        ? some.filter(({ id }) => !existing.has(id))
        : some;
      await insertAgents(
        statements,
        missing.map(({ agent }) => agent),
        { divisionId, specifyUserId: null },
      );
      return missing;
    },
    landed: (statements, { agent }) => agentIsThere(statements, agent.guid),
  });
}
