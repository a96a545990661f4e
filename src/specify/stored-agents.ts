import { AGENT_COLUMNS, agentValues, type NewAgent } from "./agents.ts";
import type { Reader, SqlValue } from "./database.ts";

/** An agent as it stands in the database. */
export interface StoredAgent {
  agentId: number;
  agent: NewAgent;
  divisionId: number | null;
  specifyUserId: number | null;
}

const ROWS_A_PAGE = 5_000;
const DATES: readonly string[] = ["DateOfBirth", "DateOfDeath"];
/** Dates as texts: the driver takes the years 0 to 99 for others. */
const COLUMNS = AGENT_COLUMNS.map((name) =>
  DATES.includes(name) ? `DATE_FORMAT(${name}, '%Y-%m-%d') AS ${name}` : name,
).join(", ");
const SELECT = `SELECT agentid, ${COLUMNS}, DivisionID, SpecifyUserID FROM agent`;

type Row = Record<(typeof AGENT_COLUMNS)[number], never> & {
  agentid: number;
  DivisionID: number | null;
  SpecifyUserID: number | null;
};

/** The agents whose Remarks begin with `prefix`, page by page, in the order of their numbers. */
export async function* storedAgents(database: Reader, prefix: string): AsyncGenerator<StoredAgent[]> {
  const pattern = `${prefix.replace(/[\\%_]/g, "\\$&")}%`;
  for (let after = 0; ; ) {
    const rows = await database.query<Row>(
      `${SELECT} WHERE agentid > ? AND Remarks LIKE ? ORDER BY agentid LIMIT ${ROWS_A_PAGE}`,
      [after, pattern],
    );
    yield rows.map(stored);
    after = rows.at(-1)?.agentid ?? after;
    if (rows.length < ROWS_A_PAGE) return;
  }
}

/** The agents with these numbers, by number. */
export async function agentsByNumber(
  database: Reader,
  numbers: readonly number[],
): Promise<Map<number, StoredAgent>> {
  if (numbers.length === 0) return new Map();
  const rows = await database.query<Row>(
    `${SELECT} WHERE agentid IN (${numbers.map(() => "?").join(", ")})`,
    numbers,
  );
  return new Map(rows.map((row) => [row.agentid, stored(row)]));
}

/** Everything that a migration decides about an agent, under the names of the columns. */
export function comparedColumns({
  agent,
  divisionId,
  specifyUserId,
}: Omit<StoredAgent, "agentId">): [string, SqlValue][] {
  const values = agentValues(agent);
  return [
    ...AGENT_COLUMNS.map((name, index): [string, SqlValue] => [name, values[index] ?? null]),
    ["DivisionID", divisionId],
    ["SpecifyUserID", specifyUserId],
  ];
}

function stored(row: Row): StoredAgent {
  return {
    agentId: row.agentid,
    agent: {
      agentType: row.AgentType,
      firstName: row.FirstName,
      lastName: row.LastName,
      middleInitial: row.MiddleInitial,
      title: row.Title,
      email: row.Email,
      dateOfBirth: row.DateOfBirth,
      dateOfDeath: row.DateOfDeath,
      remarks: row.Remarks,
    },
    divisionId: row.DivisionID,
    specifyUserId: row.SpecifyUserID,
  };
}
