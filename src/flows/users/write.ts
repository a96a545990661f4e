import { agentIsThere, insertAgents, newGuid } from "../../specify/agents.ts";
import type { Statements } from "../../specify/database.ts";
import type { LockedSession } from "../../specify/locked-session.ts";
import { insertUser, type UserScope } from "../../specify/users.ts";
import { writeHalving } from "../../specify/write-halving.ts";
import type { UserToWrite } from "./plan.ts";

/** What went in, and what did not. */
export interface WrittenUsers {
  created: number;
  repaired: number;
  truncations: string[];
  errors: string[];
}

interface WriteOptions {
  divisionId: number;
  scope: UserScope;
  signal: AbortSignal;
  log: (message: string) => void;
}

/** Users that are written in one transaction. */
const BATCH = 100;
const PROGRESS_EVERY = 500;

/**
 * Writes users, each with its agent in the same transaction. A row that the database refuses becomes an error line
 * and the rest go in.
 * @throws what would fail every row (connection, rights); the signal's reason, between two batches
 */
export async function writeUsers(
  session: LockedSession,
  users: readonly UserToWrite[],
  { divisionId, scope, signal, log }: WriteOptions,
): Promise<WrittenUsers> {
  const refused = new Map<UserToWrite, string>();
  let done = 0;
  try {
    while (done < users.length) {
      signal.throwIfAborted();
      const batch = users.slice(done, done + BATCH).map((item) => ({ item, guid: newGuid() }));
      const bad = await writeHalving(session, batch, {
        write: async (statements, rows) => {
          for (const row of rows) await writeUser(statements, row, divisionId, scope);
        },
        landed: (statements, { guid }) => agentIsThere(statements, guid),
      });
      for (const { row, reason } of bad) {
        refused.set(row.item, `Error migrating user '${row.item.user.name}': ${reason}`);
      }
      done += batch.length;
      if (done % PROGRESS_EVERY === 0) log(`Wrote ${done} of ${users.length} users`);
    }
  } catch (error) {
    log(
      `Stopped after ${done} of ${users.length} users; each of these is complete, and is skipped when run again.`,
    );
    throw error;
  }
  return summary(users, refused);
}

/** What went in, in the order of the plan: several are written at once, and end in any order. */
export function summary(
  users: readonly UserToWrite[],
  refused: ReadonlyMap<UserToWrite, string>,
): WrittenUsers {
  const written = users.filter((item) => !refused.has(item));
  return {
    created: written.filter((item) => item.existing === undefined).length,
    repaired: written.filter((item) => item.existing !== undefined).length,
    truncations: written.flatMap(({ cuts }) => cuts),
    errors: users.flatMap((item) => refused.get(item) ?? []),
  };
}

async function writeUser(
  statements: Statements,
  { item, guid }: { item: UserToWrite; guid: string },
  divisionId: number,
  scope: UserScope,
): Promise<void> {
  const specifyUserId = item.existing?.id ?? (await insertUser(statements, item.user, scope));
  await insertAgents(statements, [{ ...item.agent, guid }], { divisionId, specifyUserId });
}
