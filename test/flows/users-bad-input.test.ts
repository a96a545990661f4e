import { afterAll, afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { options } from "../../dev/data/oracle.ts";
import { usdMetadata } from "../../dev/data/usd-metadata.ts";
import { startOracleServer } from "../../dev/oracle/server.ts";
import { migrateUsers } from "../../src/flows/migrate-users.ts";
import { Findings } from "../../src/flows/verify/findings.ts";
import { verifyUsers } from "../../src/flows/verify/users.ts";
import { verifyMigration } from "../../src/flows/verify-migration.ts";
import { OraclePool } from "../../src/oracle/pool.ts";
import { readOracleSettings } from "../../src/oracle/settings.ts";
import { openSpecify } from "../../src/specify/database.ts";
import { closedPort } from "../oracle/support/stand-in.ts";
import { freshSpecify, specifyWithoutDivision } from "../specify/support/fresh-specify.ts";
import { oracleEnvironment, specifyEnvironment, useEnvironment } from "./support/museum.ts";

const settings = await freshSpecify();
const specify = await openSpecify(settings);
afterAll(() => specify.close());

/** An Oracle server with tables of USD_METADATA as `change` leaves them. */
async function start(change: (table: (typeof usdMetadata.tables)[number]) => unknown) {
  const tables = usdMetadata.tables.flatMap((table) => change(table) ?? []) as typeof usdMetadata.tables;
  const server = await startOracleServer({ ...options, schemas: [{ ...usdMetadata, tables }] });
  afterAll(() => server.close());
  return server;
}

const whole = await start((table) => table);
const lacking = await start((table) => {
  if (table.name === "GRUPPE") return undefined;
  return { ...table, foreignKeys: [], columns: table.columns.filter(({ name }) => name !== "FEIDE") };
});

const long = "Å".repeat(64);
await whole.load(
  "USD_METADATA",
  "BRUKARAR",
  [" ", `${long}a`, `${long}b`, "ola", "OLA "].map((USR) => ({ USR, NAMN: "Nordmann, Ola" })),
);

beforeEach(() =>
  useEnvironment({ ...oracleEnvironment(whole), ...specifyEnvironment(settings), S3_BUCKET: "" }),
);
afterEach(() => vi.unstubAllEnvs());

describe("what Oracle lacks is named before anything is written", () => {
  test("each table and column of USD_METADATA, by both flows that read it", async () => {
    useEnvironment(oracleEnvironment(lacking));
    const words =
      /lacks what the migration reads.*USD_METADATA\.GRUPPE, USD_METADATA\.BRUKARAR\.FEIDE\. Nothing was written\. Ask the Oracle/;
    await expect(migrateUsers({ dry_run: false })).rejects.toThrow(words);
    await expect(verifyMigration()).rejects.toThrow(
      /USD_METADATA\.GRUPPE, USD_METADATA\.BRUKARAR\.FEIDE, MUSIT_BOTANIKK_FELLES\.ACTOR, .* With users=false/,
    );
  }, 60_000);
});

test("without a division it ends before Oracle is asked for anything", async () => {
  const own = await specifyWithoutDivision();
  useEnvironment({ ...specifyEnvironment(own), ORACLE_PROD_PORT: String(await closedPort()) });
  await expect(migrateUsers()).rejects.toThrow("Specify has no division yet");
});

test("users that cannot be migrated are missing for a verification, and so it is not complete", async () => {
  expect(await migrateUsers({ dry_run: false })).toMatchObject({ error_count: 2 });
  await using pool = new OraclePool(readOracleSettings("PROD"));
  const findings = new Findings();
  await verifyUsers(pool, specify, findings);
  expect(findings.areas).toEqual([
    expect.objectContaining({ oracleRows: 5, equal: 2, missing: 2, notMigrated: 1, extra: 0, different: 0 }),
  ]);
  expect(findings.truncations.truncations()).toEqual({
    total: 1,
    named: [`${long}a: specifyuser.Name had 65 characters, cut to 64`],
  });
  expect(findings.missing.errors()).toEqual([
    "A row of BRUKARAR has no user name: USR is blank.",
    expect.stringContaining(`User '${long}b' was not migrated: cut to what specifyuser.Name holds`),
  ]);
});
