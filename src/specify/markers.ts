import type { Reader } from "./database.ts";
import { KeySet } from "./key-set.ts";

const ROWS_A_PAGE = 20_000;
/** More digits than any key has. */
const TAIL = 45;

/** An agent that a migration made. */
export interface MarkedAgent {
  agentId: number;
  /** What stands behind the marker's fixed part, such as the digits of an ACTOR_ID. */
  key: string;
}

/**
 * Finds the agents whose Remarks begin with a marker that ends in a number: `prefix` and the number, then whatever else.
 * One pass over the table, a page of agents at a time.
 */
export async function* markedAgents(database: Reader, prefix: string): AsyncGenerator<MarkedAgent[]> {
  for (let after = 0; ; ) {
    const rows = await database.query<{ id: number; tail: string }>(
      `SELECT agentid AS id, SUBSTRING(Remarks, ?, ${TAIL}) AS tail FROM agent
        WHERE agentid > ? AND Remarks LIKE ? ORDER BY agentid LIMIT ${ROWS_A_PAGE}`,
      [prefix.length + 1, after, `${prefix.replace(/[\\%_]/g, "\\$&")}%`],
    );
    const marked: MarkedAgent[] = [];
    for (const { id, tail } of rows) {
      const key = /^-?\d+/.exec(tail)?.[0];
      if (key !== undefined) marked.push({ agentId: id, key });
    }
    yield marked;
    after = rows.at(-1)?.id ?? after;
    if (rows.length < ROWS_A_PAGE) return;
  }
}

/** The keys of all agents with this marker, for skipping what is there already. */
export async function readMarkedKeys(database: Reader, prefix: string): Promise<KeySet> {
  const keys = new KeySet();
  for await (const page of markedAgents(database, prefix)) for (const { key } of page) keys.add(key);
  return keys;
}
