import { columnKeys } from "./column-keys.ts";
import type { Reader, Statements } from "./database.ts";

/** A row of `specifyuser`, as far as migrations fill it. */
export interface NewUser {
  name: string;
  email: string | null;
}

/** A user that Specify already has. */
export interface ExistingUser {
  id: number;
  name: string;
  email: string | null;
  /** False: it was left behind without an agent, and cannot work in Specify. */
  hasAgent: boolean;
}

/**
 * What Specify 7 itself stores for a user who has no password (they come in by single sign-on): a word that is not the
 * hexadecimal text of an encrypted password, so no password can ever match it.
 */
const UNUSABLE_PASSWORD = "unusable";

const USER_TYPE = "Manager";

/** All users of Specify, by the key under which the database holds their names to be equal (see `userNameKeys`). */
export async function readExistingUsers(database: Reader): Promise<Map<string, ExistingUser>> {
  const rows = await database.query<{
    id: number;
    name: string;
    email: string | null;
    key: string;
    has_agent: number;
  }>(
    `SELECT u.specifyuserid AS id, u.Name AS name, u.EMail AS email, HEX(WEIGHT_STRING(RTRIM(u.Name))) AS \`key\`,
            EXISTS (SELECT 1 FROM agent a WHERE a.SpecifyUserID = u.specifyuserid) AS has_agent
       FROM specifyuser u`,
  );
  return new Map(
    rows.map(({ id, name, email, key, has_agent }) => [key, { id, name, email, hasAgent: has_agent === 1 }]),
  );
}

/** The user of this name, as the unique column compares names, as it is now. */
export async function findUser(
  database: Reader,
  name: string,
): Promise<Pick<ExistingUser, "id" | "hasAgent"> | undefined> {
  const [row] = await database.query<{ id: number; has_agent: number }>(
    `SELECT specifyuserid AS id, EXISTS (SELECT 1 FROM agent WHERE agent.SpecifyUserID = specifyuserid) AS has_agent
       FROM specifyuser WHERE Name = ?`,
    [name],
  );
  return row && { id: row.id, hasAgent: row.has_agent === 1 };
}

/** The key of each name: two names have the same key when `specifyuser.Name`, which is unique, takes them for equal. */
export function userNameKeys(database: Reader, names: readonly string[]): Promise<string[]> {
  return columnKeys(database, { table: "specifyuser", column: "Name" }, names, (name) => `RTRIM(${name})`);
}

const USER_PRINCIPAL = "edu.ku.brc.af.auth.specify.principal.UserPrincipal";
const GROUP_PRINCIPAL = "edu.ku.brc.af.auth.specify.principal.GroupPrincipal";

/** What each new user is given a principal in, or is made a member of. */
export interface UserScope {
  collectionIds: readonly number[];
  /** Principals of the groups of the user's type. */
  groupIds: readonly number[];
}

/** Reads, once for many users, what a new one belongs to. (Asked for each user, these reads would block each other's inserts.) */
export async function readUserScope(database: Reader): Promise<UserScope> {
  const collections = await database.query<{ id: number }>(
    "SELECT usergroupscopeid AS id FROM collection ORDER BY 1",
  );
  const groups = await database.query<{ id: number }>(
    "SELECT spprincipalid AS id FROM spprincipal WHERE GroupSubClass = ? AND groupType = ? ORDER BY 1",
    [GROUP_PRINCIPAL, USER_TYPE],
  );
  return { collectionIds: collections.map(({ id }) => id), groupIds: groups.map(({ id }) => id) };
}

/**
 * Inserts a user who is not logged in and has no password, with the rows that Specify itself makes for each new user: a
 * principal for every collection, and membership in the groups of the user's type. No policy is made: that would be the
 * right to do something, which an administrator gives later. Returns the user's number.
 */
export async function insertUser(
  statements: Statements,
  { name, email }: NewUser,
  { collectionIds, groupIds }: UserScope,
): Promise<number> {
  const now = new Date();
  const id = await statements.insert(
    `INSERT INTO specifyuser (Name, EMail, UserType, Password, IsLoggedIn, IsLoggedInReport,
                              TimestampCreated, TimestampModified, version)
     VALUES (?, ?, ?, ?, 0, 0, ?, ?, 0)`,
    [name, email, USER_TYPE, UNUSABLE_PASSWORD, now, now],
  );
  if (collectionIds.length > 0) {
    await statements.query(
      `INSERT INTO spprincipal (GroupSubClass, Name, Priority, userGroupScopeID, TimestampCreated, TimestampModified, version)
       VALUES ${collectionIds.map(() => "(?, ?, 80, ?, ?, ?, 0)").join(", ")}`,
      collectionIds.flatMap((collectionId) => [USER_PRINCIPAL, name, collectionId, now, now]),
    );
  }
  if (groupIds.length > 0) {
    await statements.query(
      `INSERT INTO specifyuser_spprincipal (SpecifyUserID, SpPrincipalID)
       VALUES ${groupIds.map(() => "(?, ?)").join(", ")}`,
      groupIds.flatMap((groupId) => [id, groupId]),
    );
  }
  return id;
}
