import { setMaxListeners } from "node:events";
import { afterAll, afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { USER_COUNT } from "../../dev/data/users.ts";
import { migrateMusitAgents } from "../../src/flows/migrate-musit-agents.ts";
import { migrateUsers } from "../../src/flows/migrate-users.ts";
import { syncSpecifyStructure } from "../../src/flows/sync-specify-structure.ts";
import { loadUsers } from "../../src/flows/users/load.ts";
import type { OracleUser } from "../../src/flows/users/oracle-users.ts";
import { verifyMigration } from "../../src/flows/verify-migration.ts";
import { usersReportSchema } from "../../src/reports/users-report.ts";
import { openSpecify, type SpecifyDatabase } from "../../src/specify/database.ts";
import { takeMigrationLock } from "../../src/specify/lock.ts";
import { closedPort } from "../oracle/support/stand-in.ts";
import { freshSpecify } from "../specify/support/fresh-specify.ts";
import { sharedStack } from "../support/shared-stack.ts";
import { oracleEnvironment, specifyEnvironment, startMuseum, useEnvironment } from "./support/museum.ts";
import { storedText } from "./support/stored.ts";

setMaxListeners(50);
const { s3, env } = await sharedStack("s3");
const oracle = await startMuseum();
const settings = await freshSpecify();
const specify = await openSpecify(settings);
afterAll(() => specify.close());

beforeEach(() => useEnvironment({ ...env, ...oracleEnvironment(oracle), ...specifyEnvironment(settings) }));
afterEach(() => {
  vi.unstubAllEnvs();
  oracle.faults.clear();
});

/** Every row of the two tables, for comparing before and after. */
function everything(database: SpecifyDatabase): Promise<unknown[]> {
  return Promise.all([
    database.query("SELECT * FROM specifyuser ORDER BY specifyuserid"),
    database.query("SELECT * FROM agent ORDER BY agentid"),
  ]);
}

async function agentOf(name: string): Promise<Record<string, unknown> | undefined> {
  const [row] = await specify.query<Record<string, unknown>>(
    "SELECT u.EMail AS UserEMail, a.* FROM specifyuser u JOIN agent a ON a.SpecifyUserID = u.specifyuserid WHERE u.Name = ?",
    [name],
  );
  return row;
}

/** What a report says besides when it was made and whether it was a dry run. */
function decisions(report: Record<string, unknown>): Record<string, unknown> {
  const { dry_run: _dry, generated_at_utc: _when, ...rest } = report;
  return rest;
}

describe("Migrate Users", () => {
  let dryReport: Record<string, unknown>;

  test("a dry run, which is the default, decides and reports everything and writes nothing", async () => {
    const before = await everything(specify);
    const result = await migrateUsers();
    expect(await everything(specify)).toEqual(before);
    expect(result).toMatchObject({
      dry_run: true,
      users_created: USER_COUNT - 2,
      users_skipped: 2,
      report_uploaded: true,
    });
    dryReport = JSON.parse(await storedText(s3, result.uploaded[0] ?? ""));
    expect(dryReport.dry_run).toBe(true);
  });

  test("a real run makes every user with its agent, and its report is that of the dry run", async () => {
    const result = await migrateUsers({ dry_run: false });
    expect(result).toMatchObject({
      oracle_users_extracted: USER_COUNT,
      users_created: USER_COUNT - 2,
      users_skipped: 2,
      agents_created: USER_COUNT - 2,
      agents_linked: USER_COUNT - 2,
      errors: [],
      report_uploaded: true,
    });
    const [json = "", html = ""] = result.uploaded;
    expect(json).toMatch(
      /^s3:\/\/[^/]+\/migration-reports\/application-users-usd-metadata-brukarar\/\d{8}T\d{6}Z\/report\.json$/,
    );
    const report = usersReportSchema.parse(JSON.parse(await storedText(s3, json)));
    expect(decisions(report)).toEqual(decisions(dryReport));
    expect(report.group_to_museum_mapping.map(({ museum }) => museum)).toEqual([
      "(none)",
      "AM",
      "NHM",
      "UM",
      "UTM",
      "VM",
    ]);
    expect(JSON.stringify(report)).not.toMatch(/@(?:uio|uib|ntnu|uit|uis)\.no/);
    expect(await storedText(s3, html)).toMatch(/^<!doctype html>[\s\S]*users created/);
    const [orphans] = await specify.query(
      "SELECT COUNT(*) AS n FROM specifyuser u WHERE NOT EXISTS (SELECT 1 FROM agent a WHERE a.SpecifyUserID = u.specifyuserid)",
    );
    expect(orphans).toEqual({ n: 0 });
  });

  test("odd names, addresses and texts come out as the rules say", async () => {
    expect(await agentOf("einord")).toMatchObject({
      FirstName: null,
      LastName: "Madonna",
      AgentType: 1,
      DivisionID: 1,
    });
    expect(await agentOf("berreblankt")).toMatchObject({ LastName: "(unknown)" });
    expect(await agentOf("tokomma")).toMatchObject({ FirstName: "Trygve, dr.philos.", LastName: "Lie" });
    expect(await agentOf("emoji")).toMatchObject({ FirstName: "Kåre 🐟", LastName: "Fjell🏔️" });
    expect(await agentOf("emojilang")).toMatchObject({ FirstName: "🐟".repeat(50), LastName: "Fisk" });
    expect(await agentOf("forstmellomrom")).toMatchObject({ LastName: "Mellomrom" });
    expect(await agentOf("blankepost")).toMatchObject({ Email: null, UserEMail: null });
    expect(await agentOf("feideblank")).toMatchObject({ Email: "brukt.epost@uio.no" });
    expect(await agentOf("dublett")).toMatchObject({ FirstName: "Den Første" });
    const cut = await agentOf("mellomlangepost");
    expect([String(cut?.UserEMail).length, String(cut?.Email).length]).toEqual([58, 50]);
    expect((await agentOf("semikolon"))?.Remarks).toMatch(
      /^MUSIT-migration: USR=semikolon(?:; FEIDE=\S+)?; institution=NHM; avdeling=B; admin=J$/,
    );
  });

  test("run again, it skips everybody and changes nothing", async () => {
    const before = await everything(specify);
    const result = await migrateUsers({ dry_run: false });
    expect(result).toMatchObject({
      users_created: 0,
      users_skipped: USER_COUNT,
      agents_created: 0,
      truncated: 0,
    });
    expect(await everything(specify)).toEqual(before);
  });

  test("verified, all users are equal, and what was changed since is named", async () => {
    const verify = () =>
      verifyMigration({ musit_schemas: ["MUSIT_ZOOLOGI_ENTOMOLOGI"], fail_on_difference: false });
    const whole = await verify();
    expect(whole.areas[0]).toMatchObject({
      oracle_rows: USER_COUNT,
      equal: USER_COUNT - 2,
      not_migrated: 2,
      extra: 0,
    });
    await specify.query("UPDATE specifyuser SET EMail = 'x' WHERE Name = 'einord'");
    expect((await verify()).areas[0]).toMatchObject({
      equal: USER_COUNT - 3,
      different: 1,
      missing: 0,
      extra: 0,
    });
    await specify.query("UPDATE specifyuser SET EMail = ? WHERE Name = 'einord'", [
      (await agentOf("einord"))?.Email as string,
    ]);
  });

  test("verified, a user that was there before and only got its agent is equal, whatever e-mail Specify has of it", async () => {
    const verify = async () =>
      (await verifyMigration({ musit_schemas: ["MUSIT_ZOOLOGI_ENTOMOLOGI"], fail_on_difference: false }))
        .areas[0];
    const before = await agentOf("tokomma");
    await specify.query("DELETE FROM agent WHERE agentid = ?", [Number(before?.agentid)]);
    await specify.query(
      "UPDATE specifyuser SET EMail = 'own@specify.no', TimestampCreated = '2024-02-01' WHERE Name = 'tokomma'",
    );
    expect(await verify()).toMatchObject({ missing: 1, different: 0 });
    expect(await migrateUsers({ dry_run: false })).toMatchObject({ users_repaired: 1, errors: [] });
    expect(await agentOf("tokomma")).toMatchObject({ UserEMail: "own@specify.no", Email: before?.Email });
    expect(await verify()).toMatchObject({ equal: USER_COUNT - 2, missing: 0, different: 0, extra: 0 });
    await specify.query("UPDATE agent SET Title = 'x' WHERE SpecifyUserID = ?", [
      Number(before?.SpecifyUserID),
    ]);
    expect(await verify()).toMatchObject({ different: 1 });
    await specify.query("UPDATE agent SET Title = NULL WHERE SpecifyUserID = ?", [
      Number(before?.SpecifyUserID),
    ]);
  });

  test("a user left without an agent gets one, and nothing else happens", async () => {
    await specify.query(
      "DELETE FROM agent WHERE SpecifyUserID = (SELECT specifyuserid FROM specifyuser WHERE Name = ?)",
      ["einord"],
    );
    expect(await migrateUsers({ dry_run: true })).toMatchObject({ users_repaired: 1, agents_created: 1 });
    expect(await agentOf("einord")).toBeUndefined();
    const result = await migrateUsers({ dry_run: false });
    expect(result).toMatchObject({
      users_created: 0,
      users_skipped: USER_COUNT,
      users_repaired: 1,
      agents_linked: 1,
    });
    expect(await agentOf("einord")).toMatchObject({ LastName: "Madonna" });
  });

  test("without S3_BUCKET it succeeds and says that nothing was uploaded", async () => {
    vi.stubEnv("S3_BUCKET", "");
    expect(await migrateUsers()).toMatchObject({ report_uploaded: false, uploaded: [] });
  });

  test("missing variables stop it before anything is read, by one error that names them all", async () => {
    for (const name of [
      "ORACLE_PROD_USER",
      "ORACLE_PROD_PASSWORD",
      "DATABASE_HOST",
      "DB_HOST",
      "S3_SECRET_ACCESS_KEY",
    ])
      vi.stubEnv(name, "");
    const all =
      /ORACLE_PROD_USER, ORACLE_PROD_PASSWORD are not set.* DATABASE_HOST .* is not set.* S3_SECRET_ACCESS_KEY .* is not set/;
    await expect(migrateUsers()).rejects.toThrow(all);
    await expect(migrateMusitAgents()).rejects.toThrow(all);
    await expect(verifyMigration()).rejects.toThrow(all);
    await expect(syncSpecifyStructure()).rejects.toThrow(
      /DATABASE_HOST .* is not set.* S3_SECRET_ACCESS_KEY/,
    );
    await expect(migrateUsers({ oracle_env: "TEST" })).rejects.toThrow(
      "ORACLE_TEST_HOST, ORACLE_TEST_SERVICE",
    );
  });

  test("a bucket without keys stops it before anything is read", async () => {
    vi.stubEnv("S3_SECRET_ACCESS_KEY", "");
    await expect(migrateUsers()).rejects.toThrow("S3_SECRET_ACCESS_KEY");
  });

  test("while another run is writing, a real run is refused in words and a dry run is not", async () => {
    await using _lock = await takeMigrationLock(specify, "Migrate Users");
    await expect(migrateUsers({ dry_run: false })).rejects.toThrow(
      'Another run of "Migrate Users" is writing',
    );
    expect(await migrateUsers()).toMatchObject({ users_created: 0 });
  });

  test("a connection that breaks while reading is tried again", async () => {
    oracle.faults.set({ cutAfterRows: 1500, times: 1 });
    expect(await migrateUsers()).toMatchObject({ oracle_users_extracted: USER_COUNT });
  });

  test("a report that cannot be uploaded fails the run and says that the users are done", async () => {
    vi.stubEnv("S3_ENDPOINT_URL", `http://127.0.0.1:${await closedPort()}`);
    await expect(migrateUsers()).rejects.toThrow(
      /the users are done; only their report is missing\): server-unreachable \(ECONNREFUSED\).*S3_ENDPOINT_URL/,
    );
  });
});

describe("loading users", () => {
  const signal = new AbortController().signal;
  const user = (userName: string): OracleUser => {
    return { userName, name: "Nordmann, Ola", email: null, feide: null, institution: null, admin: null };
  };

  async function freshDatabase() {
    const own = await freshSpecify();
    const database = await openSpecify(own);
    afterAll(() => database.close());
    return { own, database };
  }

  test("a row that the database refuses is named, and the rest go in", async () => {
    const { own, database } = await freshDatabase();
    await database.query(
      "ALTER TABLE agent ADD CONSTRAINT no_kari CHECK (Remarks IS NULL OR Remarks <> 'MUSIT-migration: USR=kari')",
    );
    const { written } = await loadUsers(["ola", "kari", "per"].map(user), own, {
      dryRun: false,
      holder: "a test",
      signal,
      log: () => undefined,
    });
    expect(written).toMatchObject({
      created: 2,
      errors: [expect.stringMatching(/^Error migrating user 'kari': CONSTRAINT `no_kari` failed/)],
    });
    const names = await database.query("SELECT Name FROM specifyuser WHERE Name <> 'spadmin' ORDER BY Name");
    expect(names).toEqual([{ Name: "ola" }, { Name: "per" }]);
  });

  test("without the right to write it ends at the first row", async () => {
    const { own, database } = await freshDatabase();
    await database.query("RENAME TABLE agent TO agent_of_others");
    await database.query("CREATE VIEW agent AS SELECT agentid, SpecifyUserID FROM agent_of_others");
    const load = loadUsers(["ola", "kari"].map(user), own, {
      dryRun: false,
      holder: "a test",
      signal,
      log: () => undefined,
    });
    await expect(load).rejects.toThrow("Unknown column");
    expect(await database.query("SELECT Name FROM specifyuser")).toEqual([{ Name: "spadmin" }]);
  });

  test("without a division it ends before anything is written", async () => {
    const { own, database } = await freshDatabase();
    await database.transaction(async (statements) => {
      await statements.query("SET SESSION foreign_key_checks = 0");
      await statements.query("DELETE FROM division");
      await statements.query("SET SESSION foreign_key_checks = 1");
    });
    const load = loadUsers([user("ola")], own, {
      dryRun: false,
      holder: "a test",
      signal,
      log: () => undefined,
    });
    await expect(load).rejects.toThrow("Specify has no division yet");
  });

  test("cancelled in the middle it stops between two users: each is whole or not there, and the next run does the rest", async () => {
    const { own, database } = await freshDatabase();
    const users = Array.from({ length: 1200 }, (_none, index) => user(`user${index}`));
    const stop = new AbortController();
    const lines: string[] = [];
    const log = (line: string): void => {
      lines.push(line);
      if (line.startsWith("Wrote 500")) stop.abort(new Error("cancelled by a person"));
    };
    const load = loadUsers(users, own, { dryRun: false, holder: "a test", signal: stop.signal, log });
    await expect(load).rejects.toThrow("cancelled by a person");
    const [counts] = await database.query<{ users: number; agents: number }>(
      `SELECT (SELECT COUNT(*) FROM specifyuser) AS users,
              (SELECT COUNT(DISTINCT SpecifyUserID) FROM agent WHERE SpecifyUserID IS NOT NULL) AS agents`,
    );
    expect(counts?.users).toBeGreaterThan(500);
    expect(counts?.users).toBeLessThan(600);
    expect(counts?.agents).toBe(counts?.users);
    expect(lines.at(-1)).toMatch(/^Stopped after 50\d of 1200 users/);
    const { written } = await loadUsers(users, own, {
      dryRun: false,
      holder: "a test",
      signal,
      log: () => undefined,
    });
    expect(written.created).toBe(1201 - (counts?.users ?? 0));
  });
});
