import { AGENT_TYPE, type NewAgent } from "../../specify/agents.ts";
import type { TextColumns } from "../../specify/columns.ts";
import { changeInWords, fitText, type TextChange } from "../../specify/fit-text.ts";
import type { ExistingUser, NewUser } from "../../specify/users.ts";
import type { OracleUser } from "./oracle-users.ts";
import { splitName } from "./person-name.ts";

/** A user to be made, or (with `existing`) to be given the agent it lacks. */
export interface UserToWrite {
  user: NewUser;
  agent: NewAgent;
  existing: ExistingUser | undefined;
  /** Lines for the report about values that had to be cut. */
  cuts: string[];
}

/** What is to be done: decided in the same way for a dry run and a real one. */
export interface UserPlan {
  write: UserToWrite[];
  /** Users that Specify already has, complete. */
  present: number;
  /** Second rows of a user name. */
  duplicates: string[];
  /** Rows that cannot be migrated, with the reason. */
  errors: string[];
}

interface PlanInput {
  users: readonly OracleUser[];
  /** The names as they fit `specifyuser.Name`, in the order of `users`. */
  names: readonly string[];
  /** The database's key of each of these names (see `userNameKeys`). */
  keys: readonly string[];
  existing: ReadonlyMap<string, ExistingUser>;
  columns: TextColumns;
}

/** What the Remarks of a user's agent begin with; the user name follows. */
export const USER_MARKER = "MUSIT-migration: USR=";

/** Decides what becomes of each user of Oracle. */
export function planUsers({ users, names, keys, existing, columns }: PlanInput): UserPlan {
  const plan: UserPlan = { write: [], present: 0, duplicates: [], errors: [] };
  const firstOf = new Map<string, OracleUser>();
  for (const [index, user] of users.entries()) {
    const name = names[index] ?? "";
    const key = keys[index] ?? "";
    if (name === "") {
      plan.errors.push("A row of BRUKARAR has no user name: USR is blank.");
      continue;
    }
    const first = firstOf.get(key);
    if (first !== undefined) {
      if (isCut(user, name) || isCut(first, name)) plan.errors.push(sameWhenCut(user, first));
      else plan.duplicates.push(user.userName);
      continue;
    }
    firstOf.set(key, user);
    const present = existing.get(key);
    if (present?.hasAgent) plan.present += 1;
    else plan.write.push(rowsFor(user, present, columns));
  }
  return plan;
}

/** The name under which a user of Oracle goes into Specify. */
export function fittedUserName(
  user: OracleUser,
  columns: TextColumns,
  note: (change: TextChange) => void = () => undefined,
): string {
  return fitText(user.userName, "specifyuser.Name", columns, note) ?? "";
}

function rowsFor(source: OracleUser, existing: ExistingUser | undefined, columns: TextColumns): UserToWrite {
  const cuts: string[] = [];
  const note = (change: TextChange): void => {
    cuts.push(`${source.userName}: ${changeInWords(change)}`);
  };
  const { firstName, lastName } = splitName(source.name);
  const fitted = (value: string | null, column: string): string | null =>
    fitText(value, column, columns, note);
  const user = existing
    ? { name: existing.name, email: null }
    : { name: fittedUserName(source, columns, note), email: fitted(source.email, "specifyuser.EMail") };
  const agent = {
    agentType: AGENT_TYPE.person,
    firstName: fitted(firstName, "agent.FirstName"),
    lastName: fitted(lastName, "agent.LastName") ?? lastName,
    email: fitted(source.email, "agent.Email"),
    remarks: fitted(remarks(source), "agent.Remarks"),
  };
  return { user, agent, existing, cuts };
}

/** Where the agent came from, so that it can be found again. */
function remarks({ userName, feide, institution, admin }: OracleUser): string {
  const parts = [`${USER_MARKER}${userName}`];
  if (feide) parts.push(`FEIDE=${feide}`);
  if (institution) parts.push(`institution=${institution}`);
  if (admin) parts.push(`admin=${admin}`);
  return parts.join("; ");
}

function isCut(user: OracleUser, fitted: string): boolean {
  return [...user.userName].length > [...fitted].length;
}

function sameWhenCut(user: OracleUser, first: OracleUser): string {
  return (
    `User '${user.userName}' was not migrated: cut to what specifyuser.Name holds, its name is the same as that of ` +
    `'${first.userName}'. Give it a shorter USR in Oracle.`
  );
}
