import { join } from "node:path";
import { expect, it } from "vitest";
import { runCli } from "../support/cli.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";

/** A port where nothing listens. */
const NOWHERE = "http://127.0.0.1:1/api";

it("teaches with examples when it is called without a word, and exits with 0", async () => {
  const { code, stdout } = await runCli([]);
  expect(code).toBe(0);
  expect(stdout).toContain("prefect-ts deploy --all");
  for (const noun of ["worker", "deploy", "deployment", "flow-run", "work-pool"])
    expect(stdout).toContain(noun);
});

it("shows the verbs of a noun that stands alone", async () => {
  const { code, stdout } = await runCli(["work-pool"]);
  expect(code).toBe(0);
  expect(stdout).toMatch(/create .*\n.*ls .*\n.*inspect /);
});

it.each([
  [["worker", "start", "--help"], "--with-healthcheck"],
  [["deploy", "--help"], "prefect-ts deploy --all"],
  [["deployment", "run", "--help"], "--param dry_run=false --watch"],
  [["flow-run", "logs", "--help"], "-h, --head"],
  [["work-pool", "create", "--help"], "--base-job-template"],
])("explains %j with examples, without any settings", async (words, text) => {
  const { code, stdout } = await runCli(words, { cwd: await temporaryFolder() });
  expect(code).toBe(0);
  expect(stdout).toContain(text);
  expect(stdout).toContain("Examples:");
});

it.each([
  [["wroker"], "(Did you mean worker?)"],
  [["worker", "strat"], "(Did you mean start?)"],
  [["deploy", "--al"], "(Did you mean --all?)"],
  [["worker", "start", "--pool", "p", "--limit", "0"], "Give a whole number of 1 or more."],
  [["flow-run", "ls", "-o", "xml"], "Only 'json' output format is supported."],
  [["deploy", "--all", "--cron", "x", "--timezone", "Norway/Oslo"], "like Europe/Oslo"],
  [["work-pool", "create"], "missing required argument 'name'"],
])("answers %j with code 2 and %s", async (words, text) => {
  const { code, stdout, stderr } = await runCli(words, { env: { PREFECT_API_URL: NOWHERE } });
  expect(stderr).toContain(text);
  expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
});

it("says how to name a server when none is set", async () => {
  const { code, stderr } = await runCli(["flow-run", "ls"], { cwd: await temporaryFolder() });
  expect(stderr).toBe(
    "PREFECT_API_URL is not set: which Prefect server? For one on this machine: " +
      "export PREFECT_API_URL=http://127.0.0.1:4200/api\n",
  );
  expect(code).toBe(1);
});

it("says which address does not answer, without a stack", async () => {
  const { code, stderr } = await runCli(["flow-run", "ls"], { env: { PREFECT_API_URL: NOWHERE } });
  expect(stderr).toContain(`No answer from the Prefect API at ${NOWHERE} (connect ECONNREFUSED 127.0.0.1:1)`);
  expect(stderr).not.toContain("    at ");
  expect(code).toBe(1);
});

it("shows the stack with --debug", async () => {
  const { stderr } = await runCli(["--debug", "flow-run", "ls"], { env: { PREFECT_API_URL: NOWHERE } });
  expect(stderr).toContain("Trying again: ");
  expect(stderr).toMatch(/\n {4}at /);
});

it("refuses an address that is not http", async () => {
  const { code, stderr } = await runCli(["flow-run", "ls"], { env: { PREFECT_API_URL: "ftp://server/api" } });
  expect(stderr).toContain('PREFECT_API_URL is "ftp://server/api", which is not an http or https address');
  expect(code).toBe(1);
});

it("refuses a profile that does not exist", async () => {
  const { code, stderr } = await runCli(["--profile", "nowhere", "flow-run", "ls"], {
    env: { PREFECT_HOME: join(await temporaryFolder(), "home") },
  });
  expect(stderr).toContain("Unknown profile 'nowhere'.");
  expect(code).toBe(1);
});

it("colours only when asked to, as its output is no terminal here", async () => {
  const env = { PREFECT_API_URL: NOWHERE, NO_COLOR: "", CI: "true" };
  expect((await runCli(["work-pool", "create"], { env })).stderr).not.toContain("\u001b[");
  expect((await runCli(["work-pool", "create"], { env: { ...env, FORCE_COLOR: "1" } })).stderr).toContain(
    "\u001b[",
  );
});
