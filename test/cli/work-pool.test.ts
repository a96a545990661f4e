import { randomUUID } from "node:crypto";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, it } from "vitest";
import { runCli } from "../support/cli.ts";
import { prefectApi } from "../support/prefect-api.ts";
import { sharedStack } from "../support/shared-stack.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";

const { prefect } = await sharedStack("prefect");
const api = prefectApi(prefect.apiUrl);
const env = { PREFECT_API_URL: prefect.apiUrl };
const unique = () => `cli-${randomUUID().slice(0, 8)}`;
const workPool = (...args: string[]) => runCli(["work-pool", ...args], { env });
const template = {
  job_configuration: { command: "{{ command }}" },
  variables: { type: "object", properties: { command: { type: "string" } } },
};

it("creates a process pool with Prefect's own variables and says how to start a worker", async () => {
  const name = unique();
  const { code, stdout } = await workPool("create", name, "--type", "process");
  const pool = await api.get<{ id: string; base_job_template: typeof template }>(`/work_pools/${name}`);
  expect(code).toBe(0);
  expect(stdout).toContain(`Created work pool '${name}'!`);
  expect(stdout).toContain(`prefect-ts worker start --pool ${name}`);
  expect(stdout).toContain(`└── UUID: ${pool.id}\n└── Type: process`);
  const names = ["command", "env", "labels", "name", "stream_output", "working_dir"];
  expect(Object.keys(pool.base_job_template.variables.properties).sort()).toEqual(names);
  expect(Object.keys(pool.base_job_template.job_configuration).sort()).toEqual(names);
});

it("does not touch a pool that exists, unless --overwrite is given", async () => {
  const name = unique();
  await workPool("create", name, "-t", "process");
  const again = await workPool("create", name, "-t", "process");
  expect(again).toMatchObject({
    code: 1,
    stderr: `Work pool named '${name}' already exists. Use --overwrite to update it.\n`,
  });
  const json = JSON.stringify(template);
  const updated = await workPool("create", name, "--base-job-template", json, "--paused", "--overwrite");
  expect(updated.stdout).toContain(`Updated work pool '${name}'!`);
  expect(await api.get(`/work_pools/${name}`)).toMatchObject({
    base_job_template: template,
    is_paused: true,
  });
  expect(await workPool("create", name, "-t", "kubernetes", "--overwrite")).toMatchObject({ code: 1 });
});

it("takes a template from a file, and refuses one that is none before anything is created", async () => {
  const name = unique();
  const file = join(await temporaryFolder(), "template.json");
  const create = () => workPool("create", name, "-t", "kubernetes", "--base-job-template", file);
  expect((await create()).stderr).toContain(`The base job template ${file} cannot be read.`);
  await writeFile(file, "{not json");
  expect((await create()).stderr).toContain(`${file} is not valid JSON`);
  await writeFile(file, '{"job": {}}');
  expect((await create()).stderr).toContain(
    "job_configuration and variables must be an object, and the keys are: job.",
  );
  await expect(api.get(`/work_pools/${name}`)).rejects.toThrow("404");
  await writeFile(file, JSON.stringify(template));
  expect((await create()).code).toBe(0);
  expect(await api.get(`/work_pools/${name}`)).toMatchObject({
    base_job_template: template,
    type: "kubernetes",
  });
});

it.each([
  [["create", "a/b", "-t", "process"], "Work pool name 'a/b' cannot hold / or %."],
  [["create", "  ", "-t", "process"], "Work pool name cannot be empty."],
  [["create", "cli-untyped"], "you must supply a `--type` value. Please choose from process, kubernetes."],
  [
    ["create", "cli-ecs", "-t", "ecs"],
    "Unknown work pool type 'ecs'. Please choose from process, kubernetes.",
  ],
])("refuses %j with code 2", async (args, text) => {
  const { code, stderr } = await workPool(...args);
  expect(stderr).toContain(text);
  expect(code).toBe(2);
});

it("lists pools, marks paused ones, and gives pure JSON when asked", async () => {
  const name = unique();
  await workPool("create", name, "-t", "process", "--paused");
  const { stdout } = await workPool("ls");
  expect(stdout).toContain(`│ ${name} (**)`);
  const listed = JSON.parse((await workPool("ls", "-o", "json")).stdout) as { name: string }[];
  expect(listed.map((pool) => pool.name)).toContain(name);
  const inspected = JSON.parse((await workPool("inspect", name, "-o", "json")).stdout);
  expect(inspected).toMatchObject({ name, type: "process", is_paused: true });
});

it("offers names like one that does not exist", async () => {
  const name = unique();
  await workPool("create", name, "-t", "process");
  const { code, stderr } = await workPool("inspect", `${name}x`);
  expect(stderr).toContain(`Work pool '${name}x' not found! Did you mean '${name}'`);
  expect(code).toBe(1);
});

it("makes a pool the default of the active profile", async () => {
  const name = unique();
  const home = join(await temporaryFolder(), "home");
  const { stdout } = await runCli(["work-pool", "create", name, "-t", "process", "--set-as-default"], {
    env: { ...env, PREFECT_HOME: home },
  });
  expect(stdout).toContain(`Set '${name}' as default work pool for profile 'ephemeral'`);
  expect(await readFile(join(home, "profiles.toml"), "utf8")).toContain(
    `PREFECT_DEFAULT_WORK_POOL_NAME = "${name}"`,
  );
});

it.each(["/", "/dashboard"])("says that %j of the server is not the API", async (path) => {
  const { code, stderr } = await runCli(["work-pool", "ls"], {
    env: { PREFECT_API_URL: new URL(path, prefect.apiUrl).href },
  });
  expect(stderr).toMatch(/no Prefect API.* ends in \/api: http|not JSON.*ends in \/api, not to the UI/);
  expect(code).toBe(1);
});
