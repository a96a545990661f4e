import type { Reader } from "./database.ts";
import { KeySet } from "./key-set.ts";

const ROWS_A_PAGE = 20_000;
/** More digits than any key has. */
const TAIL = 45;

/** An agent that a migration made. */
interface MarkedAgent {
  agentId: number;
  /** What stands behind the marker's fixed part, such as the digits of an ACTOR_ID. */
  key: string;
}

/**
 * Finds the agents whose Remarks begin with a marker that ends in a number: `prefix` and the number, then whatever else.
 * One pass over the table behind this agent, a page of agents at a time.
 */
async function* markedAgents(
  database: Reader,
  prefix: string,
  behind: number,
): AsyncGenerator<MarkedAgent[]> {
  for (let after = behind; ; ) {
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

/** The keys of all agents with a marker, for skipping what is there already. */
export class MarkedKeys {
  readonly #prefix: string;
  readonly #keys = new KeySet();
  #lastAgent = 0;

  /** Knows none yet: see `readOn`. */
  constructor(prefix: string) {
    this.#prefix = prefix;
  }

  /** Reads the agents that came since this was done last, at first all. Agents' numbers only rise. */
  async readOn(database: Reader): Promise<void> {
    for await (const page of markedAgents(database, this.#prefix, this.#lastAgent)) {
      for (const { agentId, key } of page) {
        this.#keys.add(key);
        this.#lastAgent = agentId;
      }
    }
  }

  get size(): number {
    return this.#keys.size;
  }

  /** Whether an agent with this key is there: see `KeySet`. */
  has(key: number | string): boolean {
    return this.#keys.has(key);
  }
}
