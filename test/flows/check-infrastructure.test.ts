import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { checkInfrastructure } from "../../src/flows/check-infrastructure.ts";
import { closedPort } from "../oracle/support/stand-in.ts";
import { freshSpecify } from "../specify/support/fresh-specify.ts";
import { sharedStack } from "../support/shared-stack.ts";
import { oracleEnvironment, specifyEnvironment, startMuseum, useEnvironment } from "./support/museum.ts";

const { env } = await sharedStack("s3");
const oracle = await startMuseum({ empty: true });
const settings = await freshSpecify();

beforeEach(() => useEnvironment({ ...env, ...oracleEnvironment(oracle), ...specifyEnvironment(settings) }));
afterEach(() => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
});

test("says of each target what was reached, by which mode and versions, and how fast", async () => {
  const { checks } = await checkInfrastructure();
  expect(checks.map(({ target, reached }) => [target, reached])).toEqual([
    ["Oracle PROD", "yes"],
    ["MariaDB", "yes"],
    ["S3", "yes"],
  ]);
  expect(checks[0]?.["mode and versions"]).toMatch(/^thin, node-oracledb [\d.]+, server 19\./);
  expect(checks[1]?.["mode and versions"]).toMatch(/^server 1\d\.\d+/);
  expect(checks[2]?.["mode and versions"]).toMatch(/put and deleted oracle-schema\/connectivity-check\//);
  for (const { seconds } of checks) expect(seconds).toBeLessThan(10);
});

test("tries all three, and fails with the pattern of each that failed and what to do", {
  timeout: 60_000,
}, async () => {
  vi.stubEnv("ORACLE_PROD_SERVICE", "WRONG");
  vi.stubEnv("APP_USER_PASSWORD", "not-the-password");
  vi.stubEnv("S3_ENDPOINT_URL", `http://127.0.0.1:${await closedPort()}`);
  const error = await checkInfrastructure().then(
    () => new Error("it worked"),
    (thrown: unknown) => thrown as Error,
  );
  expect(error.message).toMatch(/^3 of 3 checks failed\./);
  expect(error.message).toMatch(/Oracle PROD: wrong-service \(NJS-518\).*Set ORACLE_<ENV>_SERVICE/);
  expect(error.message).toMatch(/MariaDB: wrong-password \(ER_ACCESS_DENIED_ERROR\)/);
  expect(error.message).toMatch(/S3: server-unreachable \(ECONNREFUSED\)/);
  expect(error.message).not.toContain("not-the-password");
});

test("tries what may pass again: Oracle twice after 5 s each, MariaDB twice after 3 s, S3 once after 3 s", {
  timeout: 90_000,
}, async () => {
  const nobody = String(await closedPort());
  vi.stubEnv("ORACLE_PROD_PORT", nobody);
  vi.stubEnv("DATABASE_PORT", nobody);
  vi.stubEnv("S3_ENDPOINT_URL", `http://127.0.0.1:${nobody}`);
  const log: string[] = [];
  vi.spyOn(process.stderr, "write").mockImplementation((text) => log.push(String(text)) > 0);
  await expect(checkInfrastructure()).rejects.toThrow(/^3 of 3 checks failed\./);
  const told = (name: string) =>
    log
      .filter((line) => line.includes(`'Check ${name}-0'`))
      .flatMap((line) => /Retry .* from now|failed after \d+ attempt/.exec(line)?.[0] ?? []);
  expect([told("Oracle"), told("MariaDB"), told("S3")]).toEqual([
    [
      "Retry 1/2 will start 5 second(s) from now",
      "Retry 2/2 will start 5 second(s) from now",
      "failed after 3 attempt",
    ],
    [
      "Retry 1/2 will start 3 second(s) from now",
      "Retry 2/2 will start 3 second(s) from now",
      "failed after 3 attempt",
    ],
    ["Retry 1/1 will start 3 second(s) from now", "failed after 2 attempt"],
  ]);
});

test("a target that is not configured fails alone, and the others are still tried", {
  timeout: 60_000,
}, async () => {
  vi.stubEnv("S3_BUCKET", "");
  await expect(checkInfrastructure()).rejects.toThrow(
    /^1 of 3 checks failed\. S3: not-configured \(S3-SETTINGS\).*S3_BUCKET is not set/,
  );
});
