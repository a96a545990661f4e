import { afterAll, afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { actorRows, nameRows } from "../../dev/data/actors.ts";
import { musitSchemas } from "../../dev/data/musit-schemas.ts";
import { options } from "../../dev/data/oracle.ts";
import { type OracleServer, startOracleServer } from "../../dev/oracle/server.ts";
import { migrateMusitAgents } from "../../src/flows/migrate-musit-agents.ts";
import { verifyMigration } from "../../src/flows/verify-migration.ts";
import { openSpecify } from "../../src/specify/database.ts";
import { closedPort } from "../oracle/support/stand-in.ts";
import { freshSpecify, specifyWithoutDivision } from "../specify/support/fresh-specify.ts";
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

/** The schema of entomology without two of its columns. */
const incomplete = entomology.tables.map((table) => ({
  ...table,
  columns: table.columns.filter(({ name }) => name !== "NOTE" && name !== "TITLE"),
}));
const other = await start([botany, { ...entomology, tables: incomplete }]);

/** The schema of botany without any key, as views or copies of its tables would be, with rows that have nothing but their numbers. */
async function keyless(actors: object[], names: object[]): Promise<OracleServer> {
  const tables = botany.tables.map(({ name, comment, columns }) => {
    return { name, comment, columns: columns.map(({ nullable: _not, ...column }) => column) };
  });
  const server = await start([{ ...botany, tables }] as unknown as typeof musitSchemas);
  await server.load(
    BOTANY,
    "ACTOR",
    actors.map((row) => ({ ...row })),
  );
  await server.load(
    BOTANY,
    "PERSON_NAME",
    names.map((row) => ({ ...row })),
  );
  return server;
}

// Names without number belong to nobody.
const single = await keyless(
  [{ ACTOR_ID: 1 }, { ACTOR_ID: 2 }],
  [{ ACTOR_ID: 1 }, { ACTOR_ID: 1 }, { PERSON_NAME_ID: 7, ACTOR_ID: 2 }],
);
const doubled = await keyless(
  [null, 1, 2, 2, null, 3, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7].map((ACTOR_ID) => ({ ACTOR_ID })),
  [8, 9, 9].map((PERSON_NAME_ID) => ({ PERSON_NAME_ID, ACTOR_ID: 1 })),
);
afterAll(() => Promise.all([oracle, other, single, doubled].map((server) => server.close())));

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

describe("where no primary key keeps rows apart", () => {
  const migrate = () => migrateMusitAgents({ dry_run: false, musit_schemas: [BOTANY] });

  test("rows are counted, and good ones are migrated", async () => {
    useEnvironment(oracleEnvironment(single));
    expect(await migrate()).toMatchObject({ agents_created: 2 });
  });

  test("doubled numbers, and actors without one, are named before anything is written", async () => {
    useEnvironment(oracleEnvironment(doubled));
    const words = new RegExp(
      `rows that its keys do not tell apart: ${BOTANY}\\.ACTOR has 2 rows without ACTOR_ID; ` +
        `${BOTANY}\\.ACTOR has several rows with one ACTOR_ID \\(2, 3, 4, 5, 6 and others\\); ` +
        `${BOTANY}\\.PERSON_NAME has several rows with one PERSON_NAME_ID \\(9\\)\\. Nothing was written\\. Have these rows corrected`,
    );
    await expect(migrate()).rejects.toThrow(words);
    await expect(verifyMigration({ users: false, musit_schemas: [BOTANY] })).rejects.toThrow(words);
    expect(await migratedAgents(specify)).toEqual([]);
  });
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

  test("without a division it ends before Oracle is asked for anything", async () => {
    const own = await specifyWithoutDivision();
    const nobody = { host: "127.0.0.1", port: await closedPort() };
    useEnvironment({ ...specifyEnvironment(own), ...oracleEnvironment(nobody) });
    await expect(run()).rejects.toThrow("Specify has no division yet");
  });
});
