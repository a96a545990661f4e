import { randomUUID } from "node:crypto";
import { createConnection } from "mariadb";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createSpecifyDatabase, dropSpecifyDatabase } from "../../dev/specify/database.ts";
import { type CliResult, type RunningCli, runCli, startCli } from "../support/cli.ts";
import { prefectApi } from "../support/prefect-api.ts";
import { sharedStack } from "../support/shared-stack.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";

const stack = await sharedStack("prefect", "git", "mariadb", "s3", "oracle");
const database = `specify_e2e_${randomUUID().slice(0, 8)}`;
const env = { ...stack.env, DATABASE_NAME: database };
let worker: RunningCli;

beforeAll(async () => {
  await createSpecifyDatabase(stack.mariadb, database);
  const home = { PREFECT_HOME: await temporaryFolder() };
  worker = startCli(["worker", "start", "--pool", "dev-process", "--type", "process"], {
    env: { ...env, ...home },
  });
  await worker.waitForOutput(/started!/);
});
afterAll(async () => {
  await worker.stop();
  await dropSpecifyDatabase(stack.mariadb, database);
});

/** Runs a deployment from the command line as an operator would, and waits for its end. */
const runDeployment = (name: string, ...more: string[]) =>
  runCli(["deployment", "run", name, "--watch", ...more], { env });

interface Artifact {
  type: string;
  data: unknown;
}

/** What a run that was watched has left among its artifacts, by key. */
async function artifactsOf({ stdout }: CliResult): Promise<Record<string, Artifact>> {
  const run = /UUID: ([\da-f-]{36})/.exec(stdout)?.[1];
  expect(run, stdout).toBeDefined();
  const api = prefectApi(stack.prefect.apiUrl, stack.prefect.authString);
  const found = await api.post<(Artifact & { key: string })[]>("/artifacts/filter", {
    artifacts: { flow_run_id: { any_: [run] } },
  });
  return Object.fromEntries(found.map((one) => [one.key, one]));
}

async function query<Result>(sql: string): Promise<Result> {
  const connection = await createConnection({ ...stack.mariadb, database });
  try {
    return await connection.query<Result>(sql);
  } finally {
    await connection.end();
  }
}

async function count(sql: string): Promise<number> {
  const [row] = await query<{ n: bigint }[]>(sql);
  return Number(row?.n);
}

describe("the project's own deployments, on real servers, from the command line", () => {
  it("are registered by deploy --all", async () => {
    const { code, stdout, stderr } = await runCli(["deploy", "--all", "--no-prompt"], { env });
    expect(stderr).toBe("");
    expect(stdout).toContain("Infrastructure Prod Check/infrastructure-prod-check-dev");
    expect(stdout).toContain("Migrate Users/migrate-users-dev");
    expect(code).toBe(0);
  });

  it("Infrastructure Prod Check reaches Oracle, MariaDB and S3", async () => {
    const { code, stdout } = await runDeployment("Infrastructure Prod Check/infrastructure-prod-check-dev");
    expect(stdout).toMatch(/Completed/);
    expect(code).toBe(0);
  });

  it("Infrastructure Prod Check fails, and names what and why, when a system is away", async () => {
    const broken = JSON.stringify({ ...env, ORACLE_PROD_PORT: "9", DATABASE_PORT: "9" });
    const run = await runDeployment(
      "Infrastructure Prod Check/infrastructure-prod-check-dev",
      "--job-variable",
      `env=${broken}`,
    );
    expect(run.code).toBe(1);
    expect(run.stdout).toMatch(/NJS-503|ECONNREFUSED/);
    expect(run.stdout).toMatch(/S3.*reached|reached.*S3/s);
    const { "infrastructure-check": table } = await artifactsOf(run);
    expect(table?.type).toBe("table");
    expect(table?.data).toContain("listener-unreachable");
  }, 90_000);

  it("Migrate Users writes nothing in a dry run, which is its default", async () => {
    const before = await count("SELECT COUNT(*) n FROM specifyuser");
    const { code } = await runDeployment("Migrate Users/migrate-users-dev");
    expect(code).toBe(0);
    expect(await count("SELECT COUNT(*) n FROM specifyuser")).toBe(before);
  });

  it("Migrate Users makes each user once with an agent, and nothing when run again", async () => {
    const first = await runDeployment("Migrate Users/migrate-users-dev", "--param", "dry_run=false");
    expect(first.stdout).toMatch(/2361 users/);
    expect(first.code).toBe(0);
    const { "migrate-users-report": summary } = await artifactsOf(first);
    expect(summary?.data).toMatch(/application-users-usd-metadata-brukarar.*\/report\.html/);
    const users = await count("SELECT COUNT(*) n FROM specifyuser");
    const agents = await count("SELECT COUNT(*) n FROM agent");
    expect(users).toBeGreaterThan(2_300);
    expect(
      await count(
        "SELECT COUNT(*) n FROM specifyuser u LEFT JOIN agent a ON a.SpecifyUserID = u.SpecifyUserID WHERE a.AgentID IS NULL",
      ),
    ).toBe(0);
    const second = await runDeployment("Migrate Users/migrate-users-dev", "--param", "dry_run=false");
    expect(second.code).toBe(0);
    expect(await count("SELECT COUNT(*) n FROM specifyuser")).toBe(users);
    expect(await count("SELECT COUNT(*) n FROM agent")).toBe(agents);
  }, 120_000);

  it("Sync Specify structure makes what the file says, and gives each user an agent in the new division", async () => {
    const before = await count("SELECT COUNT(*) n FROM collection");
    const dry = await runDeployment("Sync Specify structure/sync-specify-structure-dev");
    expect(dry.stdout).toMatch(/To be created: divisions \d, disciplines \d+, collections \d+\./);
    expect(await count("SELECT COUNT(*) n FROM collection")).toBe(before);
    const run = await runDeployment(
      "Sync Specify structure/sync-specify-structure-dev",
      "--param",
      "dry_run=false",
    );
    expect(run.stdout).toMatch(/Created: divisions \d, disciplines \d+, collections \d+\./);
    expect(run.code).toBe(0);
    const { "sync-specify-structure-report": summary } = await artifactsOf(run);
    expect(summary?.data).toMatch(/specify-structure-sync.*\/report\.html/);
    expect(await count("SELECT COUNT(*) n FROM collection WHERE CollectionObjectTypeID IS NOT NULL")).toBe(
      50,
    );
    expect(await count("SELECT COUNT(DISTINCT SpecifyUserID) n FROM agent WHERE DivisionID = 2")).toBe(
      await count("SELECT COUNT(*) n FROM specifyuser"),
    );
  }, 120_000);

  it("Migrate MUSIT Actors says in its log how far it is, and leaves a full bar and a summary", async () => {
    const migrated = "FROM agent WHERE Remarks LIKE 'MUSIT-migration: ACTOR;%'";
    // Those of an earlier try of this test would be skipped.
    await query(`DELETE ${migrated}`);
    const run = await runDeployment(
      "Migrate MUSIT Actors/migrate-musit-agents-dev",
      "--param",
      "dry_run=false",
    );
    expect(run.stdout).toContain(
      "MUSIT_BOTANIKK_FELLES: 5000 of 5600 actors (89 %), created 5000, skipped 0, errors 0",
    );
    expect(run.code).toBe(0);
    expect(await count(`SELECT COUNT(*) n ${migrated}`)).toBe(6_000);
    const artifacts = await artifactsOf(run);
    expect(artifacts).toMatchObject({
      "migrate-musit-agents-progress": { type: "progress", data: 100 },
      "migrate-musit-agents-report": { type: "markdown" },
    });
    const { data } = artifacts["migrate-musit-agents-report"] ?? {};
    expect(data).toContain("Of 6000 actors in Oracle 6000 were created in Specify as agents");
    expect(data).toContain("| of these in MUSIT\\_ZOOLOGI\\_ENTOMOLOGI | 400 |");
    expect(data).toMatch(/collection-agents-musit-actor-person-name.*\/report\.html/);
  }, 120_000);

  it("Verify migration finds users and actors in Specify as they are in Oracle, and says so in a summary", async () => {
    const run = await runDeployment("Verify migration/verify-migration-dev");
    expect(run.stdout).toMatch(
      /USD_METADATA\.BRUKARAR: 2361 rows in Oracle.* 0 missing, 0 different, 0 extra/,
    );
    expect(run.stdout).toContain(
      "MUSIT_BOTANIKK_FELLES.ACTOR: 5600 rows in Oracle, 5600 in Specify; 5600 equal",
    );
    expect(run.code).toBe(0);
    const { "verify-migration-report": summary } = await artifactsOf(run);
    expect(summary?.data).toContain("Specify has all that is to be migrated from Oracle");
  }, 120_000);

  it("Oracle Schema Snapshot uploads its nine files, and leaves a full bar and a summary of what changed", async () => {
    const run = await runDeployment("Oracle Schema Snapshot/oracle-schema-snapshot-dev");
    expect(run.stdout).toMatch(/Uploaded s3:.*\/schema_catalog\.json: .* \(step 17 of 17/);
    expect(run.code).toBe(0);
    const artifacts = await artifactsOf(run);
    expect(artifacts).toMatchObject({
      "oracle-schema-snapshot-progress": { type: "progress", data: 100 },
      "oracle-schema-snapshot": { type: "markdown" },
    });
    expect(artifacts["oracle-schema-snapshot"]?.data).toMatch(/## Files\n(\n- .*){9}/);
  }, 120_000);

  it("Migrate Users says in one error which variables are missing, before anything is read", async () => {
    const run = await runDeployment("Migrate Users/migrate-users-dev", "--param", "oracle_env=TEST");
    expect(run.code).toBe(1);
    for (const name of ["HOST", "SERVICE", "USER", "PASSWORD"])
      expect(run.stdout).toContain(`ORACLE_TEST_${name}`);
  });
});
