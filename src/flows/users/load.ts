import { readTextColumns } from "../../specify/columns.ts";
import { openSpecify, type Reader } from "../../specify/database.ts";
import { firstDivision } from "../../specify/divisions.ts";
import { LockedSession } from "../../specify/locked-session.ts";
import type { SpecifySettings } from "../../specify/settings.ts";
import { readExistingUsers, readUserScope, userNameKeys } from "../../specify/users.ts";
import type { OracleUser } from "./oracle-users.ts";
import { fittedUserName, planUsers, type UserPlan } from "./plan.ts";
import { summary, type WrittenUsers, writeUsers } from "./write.ts";

interface LoadOptions {
  dryRun: boolean;
  /** Who this run is, for those who would write at the same time. */
  holder: string;
  signal: AbortSignal;
  log: (message: string) => void;
}

/** What was decided and what was written; in a dry run, what would have been. */
export interface LoadedUsers {
  plan: UserPlan;
  written: WrittenUsers;
}

/**
 * Brings the users of Oracle into Specify.
 * @throws the driver's errors; Error when there is no division, or another run of this migration is writing
 */
export async function loadUsers(
  users: readonly OracleUser[],
  settings: SpecifySettings,
  { dryRun, holder, signal, log }: LoadOptions,
): Promise<LoadedUsers> {
  await using database = await openSpecify(settings);
  const lock = { migration: "Migrate Users", holder, signal, log };
  await using session = dryRun ? undefined : await LockedSession.open(database, lock);
  const specify: Reader = session ?? database;
  const timesLocked = session?.timesLocked ?? 0;
  const divisionId = await firstDivision(specify);
  const scope = await readUserScope(specify);
  const columns = await readTextColumns(specify, ["specifyuser", "agent"]);
  const names = users.map((user) => fittedUserName(user, columns));
  const keys = await userNameKeys(specify, names);
  const existing = await readExistingUsers(specify);
  signal.throwIfAborted();
  const plan = planUsers({ users, names, keys, existing, columns });
  const missing = plan.write.filter((item) => item.existing !== undefined).length;
  log(
    `Of ${users.length} users ${plan.present} are in Specify already, ${plan.write.length - missing} are new, ` +
      `${missing} lack their agent, ${plan.duplicates.length} are second rows, ${plan.errors.length} cannot be migrated`,
  );
  const written = session
    ? await writeUsers(session, plan.write, { divisionId, scope, timesLocked, signal, log })
    : summary(plan.write, new Map(), new Set());
  return { plan: { ...plan, present: plan.present + written.present }, written };
}
