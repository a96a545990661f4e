import { insertAgent } from "../../specify/agents.ts";
import type { SpecifyDatabase, Statements } from "../../specify/database.ts";
import { failsEveryRow, sqlMessage } from "../../specify/errors.ts";
import { insertUser, type UserScope } from "../../specify/users.ts";
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

const AT_ONCE = 4;
const PROGRESS_EVERY = 500;

/**
 * Writes users, each with its agent in one transaction, a few at a time. A row that the database refuses becomes an error line
 * and the rest go in.
 * @throws what would fail every row (connection, rights); the signal's reason, between two users
 */
export async function writeUsers(
  database: SpecifyDatabase,
  users: readonly UserToWrite[],
  { divisionId, scope, signal, log }: WriteOptions,
): Promise<WrittenUsers> {
  const refused = new Map<UserToWrite, string>();
  let done = 0;
  await atMost(AT_ONCE, users, signal, async (item) => {
    try {
      await database.transaction((statements) => writeUser(statements, item, divisionId, scope), signal);
    } catch (error) {
      if (signal.aborted || failsEveryRow(error)) throw error;
      refused.set(item, `Error migrating user '${item.user.name}': ${sqlMessage(error)}`);
    }
    done += 1;
    if (done % PROGRESS_EVERY === 0) log(`Wrote ${done} of ${users.length} users`);
  }).catch((error: unknown) => {
    log(
      `Stopped after ${done} of ${users.length} users; each of these is complete, and is skipped when run again.`,
    );
    throw error;
  });
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
  item: UserToWrite,
  divisionId: number,
  scope: UserScope,
): Promise<void> {
  const specifyUserId = item.existing?.id ?? (await insertUser(statements, item.user, scope));
  await insertAgent(statements, item.agent, { divisionId, specifyUserId });
}

/** Works through a list, some at a time. After a failure nothing new is begun, and what was begun is waited for. */
async function atMost<T>(
  limit: number,
  items: readonly T[],
  signal: AbortSignal,
  work: (item: T) => Promise<void>,
): Promise<void> {
  const waiting = items.values();
  let failed = false;
  const lane = async (): Promise<void> => {
    for (const item of waiting) {
      signal.throwIfAborted();
      if (failed) return;
      await work(item).catch((error: unknown) => {
        failed = true;
        throw error;
      });
    }
  };
  const lanes = await Promise.allSettled(Array.from({ length: limit }, lane));
  for (const { status, reason } of lanes as { status: string; reason?: unknown }[]) {
    if (status === "rejected") throw reason;
  }
}
