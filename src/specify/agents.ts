import { randomUUID } from "node:crypto";
import type { Statements } from "./database.ts";

/** `agent.AgentType`: an organisation or a person. */
export const AGENT_TYPE = { organization: 0, person: 1 } as const;

/** A row of `agent`, as far as migrations fill it. */
export interface NewAgent {
  agentType: number;
  firstName: string | null;
  lastName: string;
  email: string | null;
  remarks: string | null;
}

/** Where a new agent belongs. */
interface AgentLinks {
  divisionId: number;
  /** Null: nobody logs in as this agent. */
  specifyUserId: number | null;
}

/** Inserts an agent with the GUID, version and timestamps that Specify itself would give it; returns its number. */
export function insertAgent(statements: Statements, agent: NewAgent, links: AgentLinks): Promise<number> {
  const now = new Date();
  return statements.insert(
    `INSERT INTO agent (AgentType, FirstName, LastName, Email, Remarks, GUID, DivisionID, SpecifyUserID,
                        TimestampCreated, TimestampModified, version)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0)`,
    [
      agent.agentType,
      agent.firstName,
      agent.lastName,
      agent.email,
      agent.remarks,
      randomUUID(),
      links.divisionId,
      links.specifyUserId,
      now,
      now,
    ],
  );
}
