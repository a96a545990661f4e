import { setMaxListeners } from "node:events";
import { afterAll, afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { migrateMusitAgents } from "../../src/flows/migrate-musit-agents.ts";
import { verifyMigration } from "../../src/flows/verify-migration.ts";
import { actorsReportSchema } from "../../src/reports/actors-report.ts";
import { verificationReportSchema } from "../../src/reports/verification-report.ts";
import { openSpecify } from "../../src/specify/database.ts";
import { closedPort } from "../oracle/support/stand-in.ts";
import { freshSpecify } from "../specify/support/fresh-specify.ts";
import { sharedStack } from "../support/shared-stack.ts";
import { migratedAgents, removeMigratedAgents, startActors } from "./support/actors.ts";
import { oracleEnvironment, specifyEnvironment, useEnvironment } from "./support/museum.ts";
import { storedText } from "./support/stored.ts";

setMaxListeners(50);
const { s3, env } = await sharedStack("s3");
const BOTANY = "MUSIT_BOTANIKK_FELLES";
const ENTOMOLOGY = "MUSIT_ZOOLOGI_ENTOMOLOGI";
const counts = { botany: 1_200, entomology: 300 };
const ALL = counts.botany + counts.entomology;
const oracle = await startActors(counts);
const settings = await freshSpecify();
const specify = await openSpecify(settings);
afterAll(() => specify.close());

beforeEach(() => useEnvironment({ ...env, ...oracleEnvironment(oracle), ...specifyEnvironment(settings) }));
afterEach(() => {
  vi.unstubAllEnvs();
  oracle.faults.clear();
});

/** What a report says besides when it was made and whether it was a dry run. */
function decisions(report: object): object {
  return { ...report, dry_run: undefined, generated_at_utc: undefined };
}

/** What Specify has of the actor that the generator made of this odd case. */
async function agentOf(id: number | string, schema = BOTANY): Promise<Record<string, unknown> | undefined> {
  const all = await migratedAgents(specify);
  const marker = `MUSIT-migration: ACTOR; schema=${schema}; ACTOR_ID=${id}`;
  return all.find(({ Remarks }) => Remarks === marker || String(Remarks).startsWith(`${marker};`));
}

describe("Migrate MUSIT Actors", () => {
  let dryReport: Record<string, unknown>;

  test("a dry run, which is the default, decides and reports everything and writes nothing", async () => {
    const result = await migrateMusitAgents();
    expect(await migratedAgents(specify)).toEqual([]);
    expect(result).toMatchObject({ dry_run: true, agents_created: ALL, report_uploaded: true });
    dryReport = JSON.parse(await storedText(s3, result.uploaded[0] ?? ""));
    expect(dryReport.dry_run).toBe(true);
  });

  test("a real run makes an agent of each actor, and its report is that of the dry run", async () => {
    const result = await migrateMusitAgents({ dry_run: false });
    expect(result).toMatchObject({
      oracle_actors_extracted: ALL,
      oracle_rows_per_schema: { [BOTANY]: counts.botany, [ENTOMOLOGY]: counts.entomology },
      agents_created: ALL,
      agents_skipped: 0,
      agents_linked: 0,
      error_count: 0,
      schemas_processed: [BOTANY, ENTOMOLOGY],
    });
    const [json = "", html = ""] = result.uploaded;
    expect(json).toMatch(
      /\/migration-reports\/collection-agents-musit-actor-person-name\/\d{8}T\d{6}Z\/report\.json$/,
    );
    const report = actorsReportSchema.parse(JSON.parse(await storedText(s3, json)));
    expect(decisions(report)).toEqual(decisions(dryReport));
    expect(report.truncations.total).toBe(report.truncations.named.length);
    expect(report.truncations.named).toContain(
      `${BOTANY}.ACTOR_ID=43: oracle_note in agent.Remarks had 2999 characters, cut to 500`,
    );
    expect(Object.keys(report.oracle_actor_type_counts)).toEqual(["0", "1", "2", "7", "null"]);
    expect(await storedText(s3, html)).toMatch(/^<!doctype html>[\s\S]*agents created/);
    expect(await migratedAgents(specify)).toHaveLength(ALL);
  });

  test("odd names, texts and numbers come out as the rules say", async () => {
    expect(await agentOf(-1)).toMatchObject({
      AgentType: 1,
      FirstName: null,
      LastName: "(unknown)",
      version: 0,
    });
    expect(await agentOf(0)).toMatchObject({ LastName: "(unknown)", Email: null });
    expect((await agentOf("9007199254740993"))?.LastName).toBe("Linné, Carl von");
    expect(await agentOf(19)).toMatchObject({ FirstName: "Kari", LastName: "(unknown)" });
    expect(await agentOf(22)).toMatchObject({ AgentType: 0, LastName: "Norsk Botanisk Forening" });
    expect(await agentOf(25)).toMatchObject({ AgentType: 0, LastName: "(organization)" });
    expect(await agentOf(28)).toMatchObject({ AgentType: 0, LastName: "Ekspedisjonen 1898" });
    expect(await agentOf(31)).toMatchObject({ AgentType: 1, LastName: "Ukjend type" });
    expect(await agentOf(34)).toMatchObject({ FirstName: "Olga", LastName: "Gyldig" });
    expect(await agentOf(37)).toMatchObject({ FirstName: "Ola", LastName: "Nordmann" });
    expect(await agentOf(40)).toMatchObject({ FirstName: "Ola", LastName: "Nordmann" });
    const long = await agentOf(43, ENTOMOLOGY);
    expect(long).toMatchObject({ LastName: "Ås".repeat(128), MiddleInitial: "Å".repeat(50) });
    expect(String(long?.Remarks)).toContain("; oracle_note=Notat æøå Notat");
    expect(String(long?.Remarks).split("; oracle_note=")[1]).toHaveLength(499);
    expect(await agentOf(46)).toMatchObject({ FirstName: "Å".repeat(50), LastName: "Ø".repeat(256) });
    const emoji = await agentOf(49, ENTOMOLOGY);
    expect(emoji).toMatchObject({ FirstName: "🐟".repeat(50), LastName: "𝔉𝔦𝔰𝔨" });
    expect(emoji?.Remarks).toMatch(/; institution=Fjell🏔️; oracle_note=🐟 fisk 🏔️$/u);
    expect(await agentOf(55)).toMatchObject({ FirstName: '"Bobby"', LastName: "O'Neill\\" });
    expect(String((await agentOf(58, ENTOMOLOGY))?.Remarks)).toContain(
      "fyrste lina\r\nandre\tlina\u0000slutt",
    );
  });

  test("dates come out exactly, and those that the columns cannot hold are left empty and named", async () => {
    expect(await agentOf(70)).toMatchObject({
      DateOfBirth: "0023-01-01 00:00:00",
      DateOfDeath: "0079-08-25 00:00:00",
    });
    expect(await agentOf(73)).toMatchObject({
      DateOfBirth: "0999-12-31 00:00:00",
      DateOfDeath: "1000-01-01 00:00:00",
    });
    expect(await agentOf(76)).toMatchObject({ DateOfBirth: null, DateOfDeath: null });
    expect(await agentOf(79)).toMatchObject({ DateOfBirth: null });
    expect(await agentOf(82)).toMatchObject({ DateOfDeath: "9999-12-31 00:00:00" });
    expect(await agentOf(85)).toMatchObject({
      DateOfBirth: "1899-12-31 00:00:00",
      DateOfDeath: "1970-01-01 00:00:00",
    });
    expect(await agentOf(88)).toMatchObject({ DateOfBirth: "1980-04-06 00:00:00" });
    expect((dryReport.truncations as { named: string[] }).named).toEqual(
      expect.arrayContaining([
        `${BOTANY}.ACTOR_ID=76: agent.DateOfBirth cannot hold 0384-06-19 BC, left empty`,
        `${BOTANY}.ACTOR_ID=79: agent.DateOfBirth cannot hold 1500-02-29, left empty`,
      ]),
    );
  });

  test("run again, it skips every actor, with notes and institutions or without, and changes nothing", async () => {
    const before = await migratedAgents(specify);
    await specify.query(
      "UPDATE agent SET Remarks = CONCAT(Remarks, '\nRetta av Kari') WHERE Remarks LIKE '%ACTOR_ID=22'",
    );
    const result = await migrateMusitAgents({ dry_run: false });
    expect(result).toMatchObject({ agents_created: 0, agents_skipped: ALL, truncated: 0, error_count: 0 });
    await specify.query("UPDATE agent SET Remarks = REPLACE(Remarks, '\nRetta av Kari', '')");
    expect(await migratedAgents(specify)).toEqual(before);
  });

  test("one schema alone is migrated when only that is named, and null means both", async () => {
    expect(await migrateMusitAgents({ musit_schemas: [ENTOMOLOGY] })).toMatchObject({
      oracle_actors_extracted: counts.entomology,
      schemas_processed: [ENTOMOLOGY],
    });
    expect(await migrateMusitAgents({ musit_schemas: null })).toMatchObject({ oracle_actors_extracted: ALL });
  });

  test("without S3_BUCKET it succeeds and says that nothing was uploaded", async () => {
    vi.stubEnv("S3_BUCKET", "");
    expect(await migrateMusitAgents()).toMatchObject({ report_uploaded: false, uploaded: [] });
  });
});

describe("Verify migration", () => {
  const onlyActors = { users: false };

  test("says that it is complete when nothing is missing, different or extra", async () => {
    const result = await verifyMigration(onlyActors);
    expect(result).toMatchObject({ is_complete: true, missing_count: 0, different_count: 0, extra_count: 0 });
    const report = verificationReportSchema.parse(JSON.parse(await storedText(s3, result.uploaded[0] ?? "")));
    // Also when the run that cut them was killed before its report.
    expect(report.truncations.total).toBeGreaterThan(0);
    expect(report.truncations.named).toContain(
      `${BOTANY}.ACTOR_ID=43: oracle_note in agent.Remarks had 2999 characters, cut to 500`,
    );
    expect(result.truncated).toBe(report.truncations.total);
    expect(report.areas.map(({ area, oracle_rows, equal }) => [area, oracle_rows, equal])).toEqual([
      [`${BOTANY}.ACTOR`, counts.botany, counts.botany],
      [`${ENTOMOLOGY}.ACTOR`, counts.entomology, counts.entomology],
    ]);
  });

  test("names what is missing, different, extra and there twice, and ends as failed unless told not to", async () => {
    const marker = `MUSIT-migration: ACTOR; schema=${BOTANY}; ACTOR_ID=`;
    await specify.query("DELETE FROM agent WHERE Remarks = ?", [`${marker}19`]);
    await specify.query("UPDATE agent SET LastName = 'Endra', Email = 'x' WHERE Remarks = ?", [
      `${marker}22`,
    ]);
    await specify.query("UPDATE agent SET DateOfBirth = '0023-01-02' WHERE Remarks = ?", [`${marker}70`]);
    for (const remarks of [`${marker}999999999`, `${marker}34`, `${marker}9007199254740993`]) {
      await specify.query("INSERT INTO agent (AgentType, Remarks, TimestampCreated) VALUES (1, ?, NOW())", [
        remarks,
      ]);
    }
    await expect(verifyMigration(onlyActors)).rejects.toThrow(
      /Specify differs from Oracle: 1 missing, 2 different, 3 extra.*report\.html names the first 200/,
    );
    const result = await verifyMigration({ ...onlyActors, fail_on_difference: false });
    expect(result).toMatchObject({
      is_complete: false,
      missing_count: 1,
      different_count: 2,
      extra_count: 3,
    });
    const report = verificationReportSchema.parse(JSON.parse(await storedText(s3, result.uploaded[0] ?? "")));
    expect(report.missing).toEqual([`${BOTANY}.ACTOR_ID=19 is not in Specify`]);
    expect(report.different).toEqual([
      expect.stringMatching(/ACTOR_ID=22 \(agent \d+\): LastName, Email$/),
      expect.stringMatching(/ACTOR_ID=70 \(agent \d+\): DateOfBirth$/),
    ]);
    expect(report.extra).toEqual([
      expect.stringMatching(/ACTOR_ID=34 is in Specify a second time$/),
      expect.stringMatching(/ACTOR_ID=999999999 is not in Oracle$/),
      expect.stringMatching(/ACTOR_ID=9007199254740993 is in Specify a second time$/),
    ]);
    expect(await storedText(s3, result.uploaded[1] ?? "")).toContain("Missing in Specify");
  });

  test("names the first 200 of what is missing, counts all, and the next migration brings them", async () => {
    await removeMigratedAgents(specify);
    const result = await verifyMigration({ ...onlyActors, fail_on_difference: false });
    const report = verificationReportSchema.parse(JSON.parse(await storedText(s3, result.uploaded[0] ?? "")));
    expect(report.missing_count).toBe(ALL);
    expect(report.missing).toHaveLength(201);
    expect(report.missing.at(-1)).toBe(`… and ${ALL - 200} more`);
    await migrateMusitAgents({ dry_run: false });
    expect(await verifyMigration(onlyActors)).toMatchObject({ is_complete: true });
  });
});

describe("bad input", () => {
  test("other schemas, none at all, or one twice are refused by name", async () => {
    const run = (schemas: string[]) =>
      migrateMusitAgents(JSON.parse(JSON.stringify({ musit_schemas: schemas })));
    await expect(run(["MUSIT_FISK"])).rejects.toThrow(/musit_schemas.*MUSIT_BOTANIKK_FELLES/s);
    await expect(run([])).rejects.toThrow("name at least one schema");
    await expect(run([BOTANY, BOTANY])).rejects.toThrow("a schema is named twice");
  });

  test("a bucket that is not there stops it before anything is read", async () => {
    vi.stubEnv("S3_BUCKET", "no-such-bucket-anywhere");
    vi.stubEnv("ORACLE_PROD_PORT", String(await closedPort()));
    await expect(migrateMusitAgents({ dry_run: false })).rejects.toThrow(
      /no bucket "no-such-bucket-anywhere".*Nothing was read or written/,
    );
  });

  test("missing variables stop it by one error that names them all", async () => {
    vi.stubEnv("ORACLE_PROD_HOST", "");
    vi.stubEnv("ORACLE_PROD_SERVICE", "");
    await expect(migrateMusitAgents()).rejects.toThrow("ORACLE_PROD_HOST, ORACLE_PROD_SERVICE");
  });
});
