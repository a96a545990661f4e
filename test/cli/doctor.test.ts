import { randomUUID } from "node:crypto";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { oracleEnvironment, specifyEnvironment, startMuseum } from "../flows/support/museum.ts";
import { closedPort } from "../oracle/support/stand-in.ts";
import { freshSpecify } from "../specify/support/fresh-specify.ts";
import { runCli } from "../support/cli.ts";
import { prefectApi } from "../support/prefect-api.ts";
import { sharedStack } from "../support/shared-stack.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";

const stack = await sharedStack("prefect", "s3", "git");
const oracle = await startMuseum({ empty: true });
const specify = await freshSpecify();
const api = prefectApi(stack.prefect.apiUrl);
const env = { ...stack.env, ...oracleEnvironment(oracle), ...specifyEnvironment(specify) };

/** A process pool, and a worker of it that says it is there, under a name of its own. */
async function poolWithWorker(): Promise<string> {
  const name = `doctor-${randomUUID().slice(0, 8)}`;
  await api.post("/work_pools/", { name, type: "process" });
  await api.post(`/work_pools/${name}/workers/heartbeat`, { name: "nurse", heartbeat_interval_seconds: 300 });
  return name;
}

interface Report {
  healthy: boolean;
  checks: {
    target: string;
    reached: boolean;
    found: string | null;
    pattern: string | null;
    what_to_do: string;
  }[];
}

test("all is well: a line for each thing, and exit code 0", { timeout: 120_000 }, async () => {
  const pool = await poolWithWorker();
  const { code, stdout, stderr } = await runCli(["doctor", "--pool", pool], { env });
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  expect(stdout).toMatch(/✓ Prefect API +http\S+, server \d+\.\d+/);
  expect(stdout).toMatch(new RegExp(`✓ Work pool ${pool} +type process, concurrency limit none`));
  expect(stdout).toMatch(new RegExp(`✓ Worker of ${pool} +1 online: nurse`));
  expect(stdout).toMatch(/✓ git +\S+, branch dev at [0-9a-f]{12}/);
  expect(stdout).toMatch(/✓ Oracle PROD +thin, node-oracledb/);
  expect(stdout).toMatch(/✓ MariaDB +server 1\d\./);
  expect(stdout).toMatch(/✓ S3 +bucket /);
  expect(stdout).toContain("All 7 checks passed.");
});

test("every failure is told with its pattern and what to do, and the exit code is 1", {
  timeout: 120_000,
}, async () => {
  const pool = `doctor-${randomUUID().slice(0, 8)}`;
  await api.post("/work_pools/", { name: pool, type: "process", is_paused: true });
  const { code, stdout, stderr } = await runCli(
    ["doctor", "--pool", pool, "--pool", "nobody's", "--output", "json"],
    {
      env: {
        ...env,
        ORACLE_PROD_SERVICE: "WRONG",
        APP_USER_PASSWORD: "not-the-password",
        S3_ENDPOINT_URL: `http://127.0.0.1:${await closedPort()}`,
        GIT_REPOSITORY_URL: "/no/such/repository",
      },
    },
  );
  expect(code).toBe(1);
  expect(stderr).toBe("7 of 8 checks failed.\n");
  const report = JSON.parse(stdout) as Report;
  expect(report.healthy).toBe(false);
  expect(report.checks.map(({ target, pattern }) => [target, pattern])).toEqual([
    ["Prefect API", null],
    [`Work pool ${pool}`, "paused"],
    [`Worker of ${pool}`, "no-worker"],
    ["Work pool nobody's", "unknown-work-pool"],
    ["git", "git-repository-not-found"],
    ["Oracle PROD", "wrong-service"],
    ["MariaDB", "wrong-password"],
    ["S3", "server-unreachable"],
  ]);
  const next = report.checks.map((check) => check.what_to_do);
  expect(next[1]).toBe(`prefect-ts work-pool resume ${pool}`);
  expect(next[2]).toBe(`prefect-ts worker start --pool ${pool}`);
  expect(next[5]).toContain("ORACLE_<ENV>_SERVICE");
  expect(stdout).not.toContain("not-the-password");
});

test("an API that is away, no configuration and no repository are told too", {
  timeout: 120_000,
}, async () => {
  const folder = await temporaryFolder();
  const { code, stdout } = await runCli(["doctor"], {
    cwd: folder,
    env: { PREFECT_API_URL: `http://127.0.0.1:${await closedPort()}/api` },
  });
  expect(code).toBe(1);
  expect(stdout).toMatch(/✗ Prefect API +api-unreachable \(API_UNREACHABLE\)/);
  expect(stdout).toContain("What to do: Check PREFECT_API_URL");
  expect(stdout).toMatch(/✗ git .*No repository is named/);
  expect(stdout).toMatch(/✗ Oracle PROD +not-configured .*ORACLE_PROD_HOST/);
  expect(stdout).toMatch(/✗ MariaDB +not-configured/);
  expect(stdout).toMatch(/✗ S3 +not-configured .*S3_BUCKET/);
});

test("the branch and the repository are those of prefect.yaml", { timeout: 120_000 }, async () => {
  const folder = await temporaryFolder();
  const step = { "prefect.deployments.steps.git_clone": { repository: "{{ $THE_CODE }}", branch: "gone" } };
  await writeFile(join(folder, "prefect.yaml"), JSON.stringify({ name: "trial", pull: [step] }));
  const look = async (variables: Record<string, string>): Promise<string> => {
    const env = { ...variables, PREFECT_API_URL: stack.prefect.apiUrl };
    const { stdout } = await runCli(["doctor", "--pool", "none"], { cwd: folder, env });
    return stdout;
  };
  expect(await look({})).toContain("THE_CODE should name, which is not set");
  expect(await look({ THE_CODE: stack.git.repositoryUrl })).toMatch(/✗ git .*has no branch or tag gone/);
});
