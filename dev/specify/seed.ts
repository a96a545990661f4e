import { randomUUID } from "node:crypto";
import type { Connection } from "mariadb";

/**
 * The rows that every Specify database has once its setup is done: the institution `UniMus:Natur`, one division
 * (Biology), and the administrator `spadmin` with an agent in that division and the right to everything.
 * No discipline yet: see `seedFirstDiscipline`.
 */
export async function seedSpecify(connection: Connection): Promise<void> {
  const now = new Date();
  const stamps = { TimestampCreated: now, TimestampModified: now, version: 0 };
  await insert(connection, "institution", {
    usergroupscopeid: 1,
    Name: "UniMus:Natur",
    Code: "UniMus",
    IsAccessionsGlobal: false,
    IsSecurityOn: false,
    IsServerBased: true,
    IsSharingLocalities: true,
    IsSingleGeographyTree: false,
    ...stamps,
  });
  await insert(connection, "division", {
    usergroupscopeid: 1,
    Name: "Biology",
    Abbrev: "BIO",
    InstitutionID: 1,
    ...stamps,
  });
  await insert(connection, "specifyuser", {
    specifyuserid: 1,
    Name: "spadmin",
    // Nobody logs in to this database: no password has this form.
    Password: "!",
    UserType: "Manager",
    IsLoggedIn: false,
    IsLoggedInReport: false,
    ...stamps,
  });
  await insert(connection, "agent", {
    agentid: 1,
    AgentType: 1,
    FirstName: "Specify",
    LastName: "Administrator",
    GUID: randomUUID(),
    DivisionID: 1,
    SpecifyUserID: 1,
    ...stamps,
  });
  await insert(connection, "spprincipal", {
    spprincipalid: 1,
    Name: "spadmin",
    GroupSubClass: "edu.ku.brc.af.auth.specify.principal.UserPrincipal",
    Priority: 80,
    userGroupScopeID: 1,
    ...stamps,
  });
  await insert(connection, "spuserpolicy", { id: 1, resource: "%", action: "%", specifyuser_id: 1 });
}

async function insert(connection: Connection, table: string, row: Record<string, unknown>): Promise<void> {
  const columns = Object.keys(row);
  const places = columns.map(() => "?").join(", ");
  await connection.query(
    `INSERT INTO ${table} (${columns.join(", ")}) VALUES (${places})`,
    Object.values(row),
  );
}
