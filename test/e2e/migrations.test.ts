import { randomUUID } from "node:crypto";
import { createConnection } from "mariadb";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createSpecifyDatabase, dropSpecifyDatabase } from "../../dev/specify/database.ts";
import { type RunningCli, runCli, startCli } from "../support/cli.ts";
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

async function count(sql: string): Promise<number> {
  const connection = await createConnection({ ...stack.mariadb, database });
  try {
    const [row] = await connection.query<{ n: bigint }[]>(sql);
    return Number(row?.n);
  } finally {
    await connection.end();
  }
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
    expect(await count("SELECT COUNT(*) n FROM collection WHERE CollectionObjectTypeID IS NOT NULL")).toBe(
      50,
    );
    expect(await count("SELECT COUNT(DISTINCT SpecifyUserID) n FROM agent WHERE DivisionID = 2")).toBe(
      await count("SELECT COUNT(*) n FROM specifyuser"),
    );
  }, 120_000);

  it("Migrate Users says in one error which variables are missing, before anything is read", async () => {
    const run = await runDeployment("Migrate Users/migrate-users-dev", "--param", "oracle_env=TEST");
    expect(run.code).toBe(1);
    for (const name of ["HOST", "SERVICE", "USER", "PASSWORD"])
      expect(run.stdout).toContain(`ORACLE_TEST_${name}`);
  });
});
