import { randomUUID } from "node:crypto";
import type { SqlValue, Statements } from "./database.ts";

/** `agent.AgentType`: an organisation or a person. */
export const AGENT_TYPE = { organization: 0, person: 1 } as const;

/** A row of `agent`, as far as migrations fill it. */
export interface NewAgent {
  agentType: number;
  firstName: string | null;
  lastName: string;
  middleInitial?: string | null;
  title?: string | null;
  email: string | null;
  /** `YYYY-MM-DD`. */
  dateOfBirth?: string | null;
  dateOfDeath?: string | null;
  remarks: string | null;
}

/** An agent with the GUID under which it goes in. */
export interface AgentToInsert extends NewAgent {
  guid: string;
}

/** Where new agents belong. */
interface AgentLinks {
  divisionId: number;
  /** Null: nobody logs in as this agent. */
  specifyUserId: number | null;
}

/** The columns that migrations fill, and the only ones that say who an agent is. */
export const AGENT_COLUMNS = [
  "AgentType",
  "FirstName",
  "LastName",
  "MiddleInitial",
  "Title",
  "Email",
  "DateOfBirth",
  "DateOfDeath",
  "Remarks",
] as const;

/** The values of `AGENT_COLUMNS`, in that order. */
export function agentValues(agent: NewAgent): SqlValue[] {
  return [
    agent.agentType,
    agent.firstName,
    agent.lastName,
    agent.middleInitial ?? null,
    agent.title ?? null,
    agent.email,
    agent.dateOfBirth ?? null,
    agent.dateOfDeath ?? null,
    agent.remarks,
  ];
}

/** A GUID as Specify itself makes them. */
export function newGuid(): string {
  return randomUUID();
}

/** Inserts agents, all or none, with the version and timestamps that Specify itself would give them. */
export async function insertAgents(
  statements: Statements,
  agents: readonly AgentToInsert[],
  { divisionId, specifyUserId }: AgentLinks,
): Promise<void> {
  // What is the same for all stands in the statement, and is not sent with each row.
  const same = `${divisionId}, ${specifyUserId ?? "NULL"}, UTC_TIMESTAMP(6), UTC_TIMESTAMP(6), 0`;
  await statements.insertMany(
    `INSERT INTO agent (${AGENT_COLUMNS.join(", ")}, GUID,
                        DivisionID, SpecifyUserID, TimestampCreated, TimestampModified, version)
     VALUES (${AGENT_COLUMNS.map(() => "?").join(", ")}, ?, ${same})`,
    agents.map((agent) => {
      const values = agentValues(agent);
      values.push(agent.guid);
      return values;
    }),
  );
}

/**
 * Whether an agent went in, for asking after a commit without answer. A locking read: it waits until whatever still writes this
 * row has ended.
 */
export async function agentIsThere(statements: Statements, guid: string): Promise<boolean> {
  const rows = await statements.query("SELECT 1 FROM agent WHERE GUID = ? LOCK IN SHARE MODE", [guid]);
  return rows.length > 0;
}
