import { describe, expect, test } from "vitest";
import { insertAgents, newGuid } from "../../src/specify/agents.ts";
import { readTextColumns } from "../../src/specify/columns.ts";
import { openSpecify } from "../../src/specify/database.ts";
import { diagnoseSpecify } from "../../src/specify/diagnose.ts";
import { firstDivision } from "../../src/specify/divisions.ts";
import { takeMigrationLock } from "../../src/specify/lock.ts";
import type { SpecifySettings } from "../../src/specify/settings.ts";
import { insertUser, readExistingUsers, readUserScope, userNameKeys } from "../../src/specify/users.ts";
import { closedPort } from "../oracle/support/stand-in.ts";
import { waitFor } from "../support/wait-for.ts";
import { openFreshSpecify } from "./support/fresh-specify.ts";

const database = await openFreshSpecify();
const NOTHING = { collectionIds: [], groupIds: [] };

async function failure(changed: Partial<SpecifySettings>): Promise<string> {
  const error = await openSpecify({ ...database.settings, ...changed }).then(
    (opened) => opened.close(),
    (thrown: unknown) => thrown,
  );
  const { pattern, code, message } = diagnoseSpecify(error);
  expect(message).not.toContain("not-the-password");
  return `${pattern} ${code}`;
}

describe("the pattern of a failure that the genuine driver reports", () => {
  test("the password is wrong", async () => {
    expect(await failure({ password: "not-the-password" })).toBe("wrong-password ER_ACCESS_DENIED_ERROR");
  });

  test("the database does not exist", async () => {
    expect(await failure({ database: "specify_of_nobody" })).toBe("unknown-database ER_BAD_DB_ERROR");
  });

  test("nobody listens", async () => {
    expect(await failure({ host: "127.0.0.1", port: await closedPort() })).toBe(
      "server-unreachable ECONNREFUSED",
    );
  });

  test("the host name is unknown", async () => {
    expect(await failure({ host: "no-such-host.invalid" })).toMatch(/^host-name-unknown /);
  });

  test("a table is missing, and the message holds neither statement nor values", async () => {
    const error = await database
      .query("SELECT 'secret value' FROM no_such_table")
      .catch((thrown: unknown) => thrown);
    const { pattern, message } = diagnoseSpecify(error);
    expect(pattern).toBe("not-specify");
    expect(message).not.toContain("secret value");
  });
});

describe("values", () => {
  test("text is utf8mb4 both ways, a Date goes in as UTC, bigint comes as a number", async () => {
    const when = new Date("2024-03-31T00:30:00.125Z");
    const [row] = await database.query(
      "SELECT ? AS text, CAST(CAST(? AS DATETIME(3)) AS CHAR) AS moment, CAST(7 AS SIGNED) AS n",
      ["Åse 🐟", when],
    );
    expect(row).toEqual({ text: "Åse 🐟", moment: "2024-03-31 00:30:00.125", n: 7 });
  });

  test("the lengths of text columns are read from the database", async () => {
    const columns = await readTextColumns(database, ["specifyuser", "agent"]);
    expect(columns.get("agent.firstname")).toEqual({ maxLength: 50, characterSet: "utf8mb4" });
    expect(columns.get("specifyuser.email")?.maxLength).toBe(64);
    expect(columns.has("agent.agentid")).toBe(false);
  });

  test("a table that is not there is named", async () => {
    await expect(readTextColumns(database, ["specifyuser", "agents"])).rejects.toThrow('no table "agents"');
  });
});

describe("users and agents", () => {
  test("keys are equal where the unique column takes names for equal", async () => {
    const [a, b, c, d, e] = await userNameKeys(database, ["ase", "ÅSE", "Åse ", "bjørn", "bjorn"]);
    expect(a).toBe(b);
    expect(a).toBe(c);
    expect(d).not.toBe(e);
  });

  test("a user is stored as Specify stores one without password, and its agent is found", async () => {
    const id = await insertUser(database, { name: "åse", email: "aase@example.org" }, NOTHING);
    const lonely = await insertUser(database, { name: "einsam", email: null }, NOTHING);
    const agent = {
      agentType: 1,
      firstName: "Åse",
      lastName: "🐟",
      email: null,
      remarks: null,
      guid: newGuid(),
    };
    await insertAgents(database, [agent], { divisionId: await firstDivision(database), specifyUserId: id });
    const [row] = await database.query("SELECT * FROM specifyuser WHERE specifyuserid = ?", [id]);
    expect(row).toMatchObject({
      Name: "åse",
      EMail: "aase@example.org",
      Password: "unusable",
      UserType: "Manager",
      version: 0,
    });
    expect(Number((row as { IsLoggedIn: unknown }).IsLoggedIn)).toBe(0);
    const existing = await readExistingUsers(database);
    const [key = "", lonelyKey = ""] = await userNameKeys(database, ["ASE", "EINSAM"]);
    expect(existing.get(key)).toEqual({ id, name: "åse", email: "aase@example.org", hasAgent: true });
    expect(existing.get(lonelyKey)).toEqual({ id: lonely, name: "einsam", email: null, hasAgent: false });
    const [made] = await database.query<{ GUID: string; SpecifyUserID: number }>(
      "SELECT GUID, SpecifyUserID FROM agent WHERE SpecifyUserID = ?",
      [id],
    );
    expect(made?.GUID).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  });

  test("a user gets the principals that Specify makes, and no policy", async () => {
    const now = "2026-01-01";
    await database.transaction(async (statements) => {
      await statements.query("SET SESSION foreign_key_checks = 0");
      for (const code of ["NHM", "UM"]) {
        await statements.query(
          `INSERT INTO collection (Code, CollectionName, CatalogFormatNumName, IsEmbeddedCollectingEvent, TimestampCreated, DisciplineID)
           VALUES (?, ?, 'CatalogNumberNumeric', 0, ?, 1)`,
          [code, code, now],
        );
      }
      await statements.query("SET SESSION foreign_key_checks = 1");
    });
    const group = await database.insert(
      `INSERT INTO spprincipal (GroupSubClass, groupType, Name, Priority, TimestampCreated)
       VALUES ('edu.ku.brc.af.auth.specify.principal.GroupPrincipal', 'Manager', 'Managers', 0, ?)`,
      [now],
    );
    const id = await insertUser(
      database,
      { name: "medprinsipal", email: null },
      await readUserScope(database),
    );
    const principals = await database.query(
      "SELECT userGroupScopeID IN (SELECT usergroupscopeid FROM collection) AS of_collection, Priority FROM spprincipal WHERE Name = ?",
      ["medprinsipal"],
    );
    expect(principals).toEqual([
      { of_collection: 1, Priority: 80 },
      { of_collection: 1, Priority: 80 },
    ]);
    const joined = await database.query(
      "SELECT SpPrincipalID FROM specifyuser_spprincipal WHERE SpecifyUserID = ?",
      [id],
    );
    expect(joined).toEqual([{ SpPrincipalID: group }]);
    expect(await database.query("SELECT 1 FROM spuserpolicy WHERE specifyuser_id = ?", [id])).toEqual([]);
  });

  test("more names than one query takes keep their order", async () => {
    const names = Array.from({ length: 1201 }, (_none, index) => `user${index}`);
    const keys = await userNameKeys(database, names);
    expect(keys).toHaveLength(1201);
    expect(new Set(keys).size).toBe(1201);
    expect(keys[1200]).toBe((await userNameKeys(database, ["user1200"]))[0]);
  });

  test("no name at all needs no query", async () => {
    expect(await userNameKeys(database, [])).toEqual([]);
  });
});

describe("the lock of a migration", () => {
  test("refuses a second run in words, and is free again afterwards", async () => {
    {
      await using _held = await takeMigrationLock(database, "Migrate Users");
      await expect(takeMigrationLock(database, "Migrate Users")).rejects.toThrow(
        `Another run of "Migrate Users" is writing to the database ${database.settings.database} right now`,
      );
      await using _other = await takeMigrationLock(database, "Migrate MUSIT Actors");
    }
    await waitFor(
      async () =>
        (await takeMigrationLock(database, "Migrate Users"))[Symbol.asyncDispose]().then(() => true),
      {
        what: "the server has let go of the lock",
      },
    );
  });

  test("is held on while its connection is idle for longer than a statement may be silent", async () => {
    await using impatient = await openSpecify(database.settings, { silenceMilliseconds: 250 });
    await using _held = await takeMigrationLock(impatient, "Migrate MUSIT Actors");
    await database.query("SELECT SLEEP(0.8)");
    await expect(takeMigrationLock(impatient, "Migrate MUSIT Actors")).rejects.toThrow("Another run");
  });
});

test("a server that is silent for too long in the middle of a statement is given up", async () => {
  await using impatient = await openSpecify(database.settings, { silenceMilliseconds: 250 });
  const error = await impatient.query("SELECT SLEEP(5)").catch((thrown: unknown) => thrown);
  expect(diagnoseSpecify(error)).toMatchObject({ pattern: "timeout" });
});
