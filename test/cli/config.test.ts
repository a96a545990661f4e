import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { beforeEach, expect, it } from "vitest";
import { runCli } from "../support/cli.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";

let folder: string;
const config = (args: string[], env: Record<string, string> = {}) =>
  runCli(["config", ...args], { cwd: folder, env: { PREFECT_HOME: join(folder, "home"), ...env } });
const profiles = () => readFile(join(folder, "home", "profiles.toml"), "utf8");

beforeEach(async () => {
  folder = await temporaryFolder();
});

it("sets settings of the active profile and shows them with their source", async () => {
  const { code, stdout } = await config(["set", "PREFECT_API_URL=http://one/api", "PREFECT_API_KEY=hush"]);
  expect(code).toBe(0);
  expect(stdout).toContain("Updated profile 'ephemeral'.");
  expect(stdout).not.toContain("hush");
  const shown = (await config(["view"])).stdout;
  expect(shown).toContain("PREFECT_API_URL='http://one/api' (from profile)");
  expect(shown).toContain("PREFECT_API_KEY='********'");
  expect((await config(["view", "--show-secrets"])).stdout).toContain("PREFECT_API_KEY='hush'");
});

it("says when the environment overrides the profile, in words and in JSON", async () => {
  const env = { PREFECT_API_URL: "http://two/api" };
  expect((await config(["set", "PREFECT_API_URL=http://one/api"], env)).stdout).toContain(
    "PREFECT_API_URL is also set by an environment variable",
  );
  const { settings } = JSON.parse((await config(["view", "-o", "json"], env)).stdout);
  expect(settings).toContainEqual({ name: "PREFECT_API_URL", value: "http://two/api", source: "env" });
});

it("unsets a setting and leaves the others", async () => {
  await config(["set", "PREFECT_API_URL=http://one/api", "PREFECT_DEFAULT_WORK_POOL_NAME=pool"]);
  expect((await config(["unset", "PREFECT_API_URL"])).code).toBe(0);
  expect(await profiles()).toContain("PREFECT_DEFAULT_WORK_POOL_NAME");
  expect(await profiles()).not.toContain("PREFECT_API_URL");
  expect(await config(["unset", "PREFECT_API_URL"])).toMatchObject({
    code: 1,
    stderr: "'PREFECT_API_URL' is not set in profile 'ephemeral'. prefect-ts config view shows what is.\n",
  });
});

it.each([
  [["set", "PREFECT_API_URL"], "Use the format 'VAR=VAL'."],
  [["set", "PREFECT_API_URL=http://one/api", "API_KEY=x"], "Unknown setting name 'API_KEY'."],
  [["set", "PREFECT_HOME=/elsewhere"], "Use an environment variable instead."],
])("refuses %j and writes nothing", async (args, text) => {
  const { code, stderr } = await config(args);
  expect(stderr).toContain(text);
  expect(code).toBe(2);
  await expect(profiles()).rejects.toThrow("ENOENT");
});

it("checks the values of all settings", async () => {
  await writeFile(
    join(folder, ".env"),
    "PREFECT_API_URL=http://one/api\nPREFECT_WORKER_QUERY_SECONDS=soon\n",
  );
  const { code, stderr } = await config(["validate"]);
  expect(stderr).toContain('PREFECT_WORKER_QUERY_SECONDS is "soon": give a number above 0.');
  expect(code).toBe(1);
  expect(await config(["validate"], { PREFECT_WORKER_QUERY_SECONDS: "5" })).toMatchObject({
    code: 0,
    stdout: "Configuration valid!\n",
  });
});
