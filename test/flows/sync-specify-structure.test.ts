import { afterAll, afterEach, beforeEach, expect, test, vi } from "vitest";
import { syncSpecifyStructure } from "../../src/flows/sync-specify-structure.ts";
import { structureReportSchema } from "../../src/reports/structure-report.ts";
import { openSpecify } from "../../src/specify/database.ts";
import { takeMigrationLock } from "../../src/specify/lock.ts";
import { closedPort } from "../oracle/support/stand-in.ts";
import { freshSpecify } from "../specify/support/fresh-specify.ts";
import { sharedStack } from "../support/shared-stack.ts";
import { checksums } from "./structure/support/structures.ts";
import { specifyEnvironment, useEnvironment } from "./support/museum.ts";
import { storedText } from "./support/stored.ts";

const { s3, env } = await sharedStack("s3");
const settings = await freshSpecify({ firstDiscipline: true });
const specify = await openSpecify(settings);
afterAll(() => specify.close());

beforeEach(() => useEnvironment({ ...env, ...specifyEnvironment(settings) }));
afterEach(() => {
  vi.unstubAllEnvs();
});

const ALL = { divisions: 2, disciplines: 10, collections: 50 };

test("dry, which is the default, it writes nothing; in earnest it does what it said; again, it finds all of it there", async () => {
  const before = await checksums(specify);
  const dry = await syncSpecifyStructure();
  expect(await checksums(specify)).toEqual(before);
  expect(dry).toMatchObject({
    dry_run: true,
    config_path: "config/specify_structure/unimus_natur.yaml",
    divisions_created: 1,
    divisions_skipped: 1,
    disciplines_created: 9,
    disciplines_skipped: 1,
    collections_created: 50,
    collections_skipped: 0,
    // The file's own types, of which Specify calls some otherwise and some not at all.
    warnings: [
      expect.stringMatching(/"entomology", which the file gives "Insekter": .* Is "insect" meant/),
      expect.stringMatching(/"invertebrate zoology".* Is "invertebrate" meant/),
      expect.stringMatching(
        /"vertebrate zoology", which the file gives "Pattedyr", "Fugl", "Fisk og herptiler"/,
      ),
    ],
    errors: [],
    report_uploaded: true,
  });

  const real = await syncSpecifyStructure({ dry_run: false });
  expect({ ...real, dry_run: true, timestamp_utc: "", uploaded: [] }).toEqual({
    ...dry,
    timestamp_utc: "",
    uploaded: [],
  });
  const [json = "", html = ""] = real.uploaded;
  expect(json).toMatch(
    /^s3:\/\/[^/]+\/migration-reports\/specify-structure-sync\/\d{8}T\d{6}Z\/report\.json$/,
  );
  const report = structureReportSchema.parse(JSON.parse(await storedText(s3, json)));
  expect(report).toMatchObject({
    dry_run: false,
    timestamp_utc: real.timestamp_utc,
    created: { length: 60 },
  });
  expect(await storedText(s3, html)).toMatch(/^<!doctype html>[\s\S]*disciplines created/);

  const after = await checksums(specify);
  const again = await syncSpecifyStructure({ dry_run: false });
  expect(await checksums(specify)).toEqual(after);
  expect(again).toMatchObject({
    divisions_created: 0,
    divisions_skipped: ALL.divisions,
    disciplines_created: 0,
    disciplines_skipped: ALL.disciplines,
    collections_created: 0,
    collections_skipped: ALL.collections,
    warnings: [],
  });
});

test("while another run is writing, a real run is refused and told which that is; a dry run is not", async () => {
  const holder = 'flow run 0198-1 ("brave-otter")';
  await using _lock = await takeMigrationLock(specify, "Sync Specify structure", holder);
  await expect(syncSpecifyStructure({ dry_run: false })).rejects.toThrow(
    new RegExp(`Another run of "Sync Specify structure" is writing .*: ${holder.replace(/[()]/g, "\\$&")}`),
  );
  expect(await syncSpecifyStructure()).toMatchObject({ errors: [] });
});

test("a file that is not there, or has mistakes, stops it before the database is asked for", async () => {
  vi.stubEnv("DATABASE_PORT", String(await closedPort()));
  await expect(syncSpecifyStructure({ config_path: "config/other.yaml" })).rejects.toThrow("no such file");
  await expect(syncSpecifyStructure({ config_path: "../other.yaml" })).rejects.toThrow("within the checkout");
  await expect(syncSpecifyStructure({ config_path: "prefect.yaml" })).rejects.toThrow(
    /prefect\.yaml:\d+:\d+ deployments: unknown key/,
  );
});

test("missing variables stop it, by one error that names them all", async () => {
  vi.stubEnv("APP_USER_NAME", "");
  vi.stubEnv("DB_USER", "");
  vi.stubEnv("DATABASE_NAME", "");
  vi.stubEnv("DB_NAME", "");
  await expect(syncSpecifyStructure()).rejects.toThrow(/DATABASE_NAME.*APP_USER_NAME/);
});

test("a database that is away is diagnosed", async () => {
  vi.stubEnv("DATABASE_PORT", String(await closedPort()));
  await expect(syncSpecifyStructure()).rejects.toThrow(
    /Specify: server-unreachable \(ECONNREFUSED\).*DATABASE_PORT/,
  );
});

test("without S3_BUCKET it succeeds and says that nothing was uploaded", async () => {
  vi.stubEnv("S3_BUCKET", "");
  expect(await syncSpecifyStructure()).toMatchObject({ report_uploaded: false, uploaded: [] });
});
