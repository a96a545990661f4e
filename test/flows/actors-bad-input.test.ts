import { afterAll, afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { actorRows, nameRows } from "../../dev/data/actors.ts";
import { musitSchemas } from "../../dev/data/musit-schemas.ts";
import { options } from "../../dev/data/oracle.ts";
import { type OracleServer, startOracleServer } from "../../dev/oracle/server.ts";
import { migrateMusitAgents } from "../../src/flows/migrate-musit-agents.ts";
import { verifyMigration } from "../../src/flows/verify-migration.ts";
import { openSpecify } from "../../src/specify/database.ts";
import { freshSpecify } from "../specify/support/fresh-specify.ts";
import { migratedAgents, removeMigratedAgents } from "./support/actors.ts";
import { oracleEnvironment, specifyEnvironment, useEnvironment } from "./support/museum.ts";

const BOTANY = "MUSIT_BOTANIKK_FELLES";
const ALL = 300;
const [botany = { owner: "", tables: [] }, entomology = { owner: "", tables: [] }] = musitSchemas;
const settings = await freshSpecify();
const specify = await openSpecify(settings);
afterAll(() => specify.close());
const oracle = await start([botany]);
for (const [table, rows] of [
  ["ACTOR", actorRows(ALL)],
  ["PERSON_NAME", nameRows(ALL)],
] as const) {
  await oracle.load(
    BOTANY,
    table,
    [...rows].map((row) => ({ ...row })),
  );
}

function start(schemas: typeof musitSchemas): Promise<OracleServer> {
  return startOracleServer({ ...options, schemas });
}
afterAll(() => Promise.all([oracle.close(), other.close()]));

/** The schema of entomology without two of its columns. */
const incomplete = entomology.tables.map((table) => ({
  ...table,
  columns: table.columns.filter(({ name }) => name !== "NOTE" && name !== "TITLE"),
}));
const other = await start([botany, { ...entomology, tables: incomplete }]);

beforeEach(() =>
  useEnvironment({ ...oracleEnvironment(oracle), ...specifyEnvironment(settings), S3_BUCKET: "" }),
);
afterEach(async () => {
  vi.unstubAllEnvs();
  await removeMigratedAgents(specify);
});

describe("what Oracle lacks is named before anything is written", () => {
  test("both tables of a schema", async () => {
    await expect(migrateMusitAgents({ dry_run: false })).rejects.toThrow(
      /lacks what the migration reads.*MUSIT_ZOOLOGI_ENTOMOLOGI\.ACTOR, MUSIT_ZOOLOGI_ENTOMOLOGI\.PERSON_NAME\. Nothing was written/,
    );
    expect(await migratedAgents(specify)).toEqual([]);
  }, 60_000);

  test("each column", async () => {
    useEnvironment(oracleEnvironment(other));
    await expect(migrateMusitAgents({ dry_run: false })).rejects.toThrow(
      /: MUSIT_ZOOLOGI_ENTOMOLOGI\.ACTOR\.NOTE, MUSIT_ZOOLOGI_ENTOMOLOGI\.PERSON_NAME\.TITLE\./,
    );
    await expect(verifyMigration()).rejects.toThrow(/ENTOMOLOGI\.ACTOR\.NOTE/);
  }, 60_000);
});

describe("a database that does not take everything", () => {
  const run = () => migrateMusitAgents({ dry_run: false, musit_schemas: [BOTANY] });

  test("rows that it refuses are found by halving and named, and all others go in", async () => {
    await specify.query("ALTER TABLE agent ADD CONSTRAINT no_lie CHECK (LastName NOT IN ('Lie', 'Falsk'))");
    const refused = [...actorRows(ALL)].length;
    const result = await run();
    await specify.query("ALTER TABLE agent DROP CONSTRAINT no_lie");
    expect(result.error_count).toBeGreaterThan(1);
    expect(result.agents_created).toBe(refused - result.error_count);
    expect(result.errors).toContainEqual(
      expect.stringMatching(
        /^Error migrating MUSIT_BOTANIKK_FELLES\.ACTOR_ID=61: CONSTRAINT `no_lie` failed/,
      ),
    );
    expect(await migratedAgents(specify)).toHaveLength(result.agents_created);
    expect(await run()).toMatchObject({ agents_created: result.error_count, error_count: 0 });
    expect(await verifyMigration({ users: false, musit_schemas: [BOTANY] })).toMatchObject({
      is_complete: true,
    });
  });

  test("of more than 200 refused rows the first 200 are named and all are counted", async () => {
    await specify.query(
      "ALTER TABLE agent ADD CONSTRAINT nobody CHECK (Remarks NOT LIKE 'MUSIT-migration: ACTOR%')",
    );
    const result = await run();
    await specify.query("ALTER TABLE agent DROP CONSTRAINT nobody");
    expect(result).toMatchObject({ agents_created: 0, error_count: ALL });
    expect(result.errors).toHaveLength(201);
    expect(result.errors.at(-1)).toBe(`… and ${ALL - 200} more`);
  });

  test("without a division it ends before anything is read", async () => {
    const own = await freshSpecify();
    await using database = await openSpecify(own);
    await database.transaction(async (statements) => {
      await statements.query("SET SESSION foreign_key_checks = 0");
      await statements.query("DELETE FROM division");
      await statements.query("SET SESSION foreign_key_checks = 1");
    });
    useEnvironment(specifyEnvironment(own));
    await expect(run()).rejects.toThrow("Specify has no division yet");
  });
});
