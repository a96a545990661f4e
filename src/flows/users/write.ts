import { firstLines } from "../../reports/report.ts";
import { agentIsThere, insertAgents, newGuid } from "../../specify/agents.ts";
import type { Statements } from "../../specify/database.ts";
import type { LockedSession } from "../../specify/locked-session.ts";
import { findUser, insertUser, type UserScope } from "../../specify/users.ts";
import { writeHalving } from "../../specify/write-halving.ts";
import type { UserToWrite } from "./plan.ts";

/** What went in, and what did not. */
export interface WrittenUsers {
  created: number;
  repaired: number;
  /** Brought in by another run meanwhile. */
  present: number;
  truncations: string[];
  errors: string[];
}

interface WriteOptions {
  divisionId: number;
  scope: UserScope;
  /** Of the session, from before it was read what Specify has. */
  timesLocked: number;
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
  { divisionId, scope, timesLocked, signal, log }: WriteOptions,
): Promise<WrittenUsers> {
  const refused = new Map<UserToWrite, string>();
  const present = new Set<UserToWrite>();
  let done = 0;
  try {
    while (done < users.length) {
      signal.throwIfAborted();
      const batch: Row[] = users.slice(done, done + BATCH).map((item) => {
        return { item, existingId: item.existing?.id, guid: newGuid() };
      });
      const left = await writeHalving(session, batch, {
        write: async (statements, rows) => {
          const missing = session.timesLocked === timesLocked ? rows : await stillMissing(statements, rows);
          for (const row of missing) await writeUser(statements, row, divisionId, scope);
          return missing;
        },
        landed: (statements, { guid }) => agentIsThere(statements, guid),
      });
      for (const { row, reason } of left.refused) {
        refused.set(row.item, `Error migrating user '${row.item.user.name}': ${reason}`);
      }
      for (const { item } of left.present) present.add(item);
      done += batch.length;
      if (done % PROGRESS_EVERY === 0) log(`Wrote ${done} of ${users.length} users`);
    }
  } catch (error) {
    log(
      `Stopped after ${done} of ${users.length} users; each of these is complete, and is skipped when run again. ` +
        "This run has no report: what was cut short or refused follows.",
    );
    const { errors, truncations } = summary(users.slice(0, done), refused, present);
    for (const line of firstLines([...errors, ...truncations])) log(line);
    throw error;
  }
  if (present.size > 0) log(`${present.size} users came in by another run meanwhile, and were skipped`);
  return summary(users, refused, present);
}

/** What went in, in the order of the plan. */
export function summary(
  users: readonly UserToWrite[],
  refused: ReadonlyMap<UserToWrite, string>,
  present: ReadonlySet<UserToWrite>,
): WrittenUsers {
  const written = users.filter((item) => !refused.has(item) && !present.has(item));
  return {
    created: written.filter((item) => item.existing === undefined).length,
    repaired: written.filter((item) => item.existing !== undefined).length,
    present: present.size,
    truncations: written.flatMap(({ cuts }) => cuts),
    errors: users.flatMap((item) => refused.get(item) ?? []),
  };
}

/** A user on its way into the database. */
interface Row {
  item: UserToWrite;
  /** Of a user who only needs an agent. */
  existingId: number | undefined;
  guid: string;
}

/** The lock was free for a while: those that another run has completed since are left out. */
async function stillMissing(statements: Statements, rows: readonly Row[]): Promise<Row[]> {
  const missing: Row[] = [];
  for (const row of rows) {
    const found = await findUser(statements, row.item.user.name);
    row.existingId = found?.id;
    if (!found?.hasAgent) missing.push(row);
  }
  return missing;
}

async function writeUser(
  statements: Statements,
  { item, existingId, guid }: Row,
  divisionId: number,
  scope: UserScope,
): Promise<void> {
  const specifyUserId = existingId ?? (await insertUser(statements, item.user, scope));
  await insertAgents(statements, [{ ...item.agent, guid }], { divisionId, specifyUserId });
}
