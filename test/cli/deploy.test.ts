import { join } from "node:path";
import { beforeEach, expect, it } from "vitest";
import { runCli } from "../support/cli.ts";
import { prefectApi } from "../support/prefect-api.ts";
import { sharedStack } from "../support/shared-stack.ts";
import { type TestProject, testProject } from "./support/project.ts";

const { prefect } = await sharedStack("prefect");
const api = prefectApi(prefect.apiUrl);
const env = { PREFECT_API_URL: prefect.apiUrl };

let project: TestProject;
const deploy = (args: string[], more: Record<string, string> = {}) =>
  runCli(["deploy", ...args], { cwd: project.folder, env: { ...env, ...more } });
const read = (name: string) =>
  api.get(`/deployments/name/${encodeURIComponent(project.flowName)}/${encodeURIComponent(name)}`);

beforeEach(async () => {
  project = await testProject();
  await api.post("/work_pools/", { name: project.unique, type: "process" });
});

it("registers all deployments of prefect.yaml and says what to do next", async () => {
  await project.write(
    "prefect.yaml",
    `
pull:
  - prefect.deployments.steps.git_clone:
      id: clone
      repository: "{{ $GIT_REPOSITORY_URL }}"
      access_token: "{{ prefect.blocks.secret.no-such-block }}"
  - prefect.deployments.steps.set_working_directory:
      directory: "{{ clone.directory }}"
definitions:
  pool: &pool {name: "{{ $POOL }}", work_queue_name: quick, job_variables: {env: {KEY: "{{ prefect.blocks.secret.x }}"}}}
deployments:
  - name: one
    entrypoint: flow.ts:greet
    version: "7"
    tags: [a, b]
    parameters: {who: Kari}
    schedules: [{cron: "0 3 * * *", timezone: Europe/Oslo, slug: nightly}, {interval: 3600}]
    concurrency_limit: {limit: 2, collision_strategy: CANCEL_NEW}
    work_pool: *pool
  - name: two
    entrypoint: flow.ts
    description: Another description
    paused: true
    pull: []
    enforce_parameter_schema: false
    work_pool: {<<: *pool, work_queue_name: null}
`,
  );
  const { code, stdout, stderr } = await deploy(["--all"], {
    GIT_REPOSITORY_URL: "https://git.example/museum.git",
    POOL: project.unique,
  });
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  expect(stdout).toContain("Deploying all flows with an existing deployment configuration...");
  const one = await read("one");
  expect(stdout).toContain(`Deployment '${project.flowName}/one' successfully created with id '${one.id}'.`);
  expect(stdout).toContain(`/deployments/deployment/${one.id}`);
  expect(stdout).toContain(`$ prefect-ts worker start --pool '${project.unique}'`);
  expect(stdout).toContain(`$ prefect-ts deployment run '${project.flowName}/two'`);
  expect(one).toMatchObject({
    version: "7",
    description: "Greets somebody.",
    tags: ["a", "b"],
    entrypoint: "flow.ts:greet",
    parameters: { who: "Kari" },
    work_pool_name: project.unique,
    work_queue_name: "quick",
    job_variables: { env: { KEY: "{{ prefect.blocks.secret.x }}" } },
    enforce_parameter_schema: true,
    paused: false,
    global_concurrency_limit: { limit: 2 },
    concurrency_options: { collision_strategy: "CANCEL_NEW" },
    parameter_openapi_schema: { properties: { who: { type: "string", default: "world" } } },
    pull_steps: [
      {
        "prefect.deployments.steps.git_clone": {
          id: "clone",
          repository: "https://git.example/museum.git",
          access_token: "{{ prefect.blocks.secret.no-such-block }}",
        },
      },
      { "prefect.deployments.steps.set_working_directory": { directory: "{{ clone.directory }}" } },
    ],
  });
  expect(one.schedules).toEqual(
    expect.arrayContaining([
      expect.objectContaining({
        schedule: { cron: "0 3 * * *", timezone: "Europe/Oslo", day_or: true },
        slug: "nightly",
      }),
      expect.objectContaining({ schedule: expect.objectContaining({ interval: 3600 }) }),
    ]),
  );
  expect(await read("two")).toMatchObject({
    description: "Another description",
    paused: true,
    pull_steps: [],
    enforce_parameter_schema: false,
    work_queue_name: "default",
  });
});

it("changes nothing when one of several deployments has a mistake, and tells all mistakes", async () => {
  await project.write(
    "prefect.yaml",
    `
pull: []
deployments:
  - {name: good, entrypoint: flow.ts, work_pool: {name: ${project.unique}}}
  - {name: lost, entrypoint: gone.ts, work_pool: {name: ${project.unique}}}
  - {name: poolless, entrypoint: flow.ts, work_pool: {name: ${project.unique}x}}
  - {name: unset, entrypoint: flow.ts, work_pool: {name: "{{ $NO_SUCH_NAME }}"}}
  - {name: wrong, entrypoint: flow.ts, work_pool: {name: ${project.unique}}, parameters: {whom: Kari}}
  - {name: typed, entrypoint: flow.ts, work_pool: {name: ${project.unique}}, parameters: {seconds: long}}
  - {name: built, entrypoint: flow.ts, work_pool: {name: ${project.unique}}, build: [{prefect_docker.x: {}}]}
`,
  );
  const { code, stderr } = await deploy(["--all"]);
  expect(code).toBe(1);
  expect(stderr).toContain("6 of 7 deployments have a mistake. Nothing was deployed.");
  expect(stderr).toContain('lost: There is no file "gone.ts"');
  expect(stderr).toContain(
    `poolless: Work pool '${project.unique}x' not found! Did you mean '${project.unique}'`,
  );
  expect(stderr).toContain("unset: The environment variable NO_SUCH_NAME is not set");
  expect(stderr).toContain("wrong: The flow has no parameter named whom. Its parameters: who, seconds.");
  expect(stderr).toContain(
    "typed: The flow does not take these parameters: seconds: Invalid input: expected number",
  );
  expect(stderr).toContain("built: The build step prefect_docker.x is not run by prefect-ts");
  await expect(read("good")).rejects.toThrow("404");
});

it("deploys a flow that is named, with everything that flags can say", async () => {
  const { code, stdout } = await deploy([
    ...[
      "flow.ts:greet",
      "-n",
      "flags",
      "-p",
      project.unique,
      "-q",
      "slow",
      "--version",
      "v2",
      "-t",
      "x",
      "-t",
      "y",
    ],
    ...[
      "-d",
      "By flags",
      "-jv",
      "working_dir=/tmp",
      "--job-variable",
      '{"env": {"A": "1"}}',
      "--param",
      "who=Kari",
    ],
    ...[
      "--param",
      "seconds=0.5",
      "--cron",
      "@daily",
      "--interval",
      "60",
      "--timezone",
      "Europe/Oslo",
      "-cl",
      "3",
    ],
    "--no-enforce-parameter-schema",
  ]);
  expect(code).toBe(0);
  expect(stdout).toContain(`Your Prefect workers will attempt to load your flow from: ${project.folder}`);
  const flags = await read("flags");
  expect(flags).toMatchObject({
    version: "v2",
    tags: ["x", "y"],
    description: "By flags",
    work_queue_name: "slow",
    job_variables: { working_dir: "/tmp", env: { A: "1" } },
    parameters: { who: "Kari", seconds: 0.5 },
    enforce_parameter_schema: false,
    global_concurrency_limit: { limit: 3 },
    pull_steps: [{ "prefect.deployments.steps.set_working_directory": { directory: project.folder } }],
  });
  expect(flags.schedules).toHaveLength(2);
});

it("updates a deployment in place, and leaves schedules alone that the file says nothing of", async () => {
  await deploy(["flow.ts", "-n", "again", "-p", project.unique, "--cron", "0 3 * * *", "-t", "old"]);
  const before = await read("again");
  const { code } = await deploy(["flow.ts", "-n", "again", "-p", project.unique, "-t", "new"]);
  expect(code).toBe(0);
  const after = await read("again");
  expect(after).toMatchObject({ id: before.id, tags: ["new"], schedules: before.schedules });
});

it("deploys those whose names match a pattern, by deployment or by flow", async () => {
  const row = (name: string) =>
    `{name: ${name}, entrypoint: "flow.ts:greet", work_pool: {name: ${project.unique}}}`;
  await project.write(
    "prefect.yaml",
    `pull: []\ndeployments: [${["nightly-a", "nightly-b", "hourly"].map(row).join(", ")}]`,
  );
  expect((await deploy(["-n", "nightly-*"])).code).toBe(0);
  await read("nightly-a");
  await read("nightly-b");
  await expect(read("hourly")).rejects.toThrow("404");
  expect((await deploy(["--no-prompt", "-n", "greet/hour*"])).code).toBe(0);
  await read("hourly");
});

it("fills a Prefect variable when deploying", async () => {
  await api.post("/variables/", { name: project.unique.replaceAll("-", "_"), value: "seven" });
  const variable = `{{ prefect.variables.${project.unique.replaceAll("-", "_")} }}`;
  await project.write(
    "prefect.yaml",
    `pull: []\ndeployments: [{name: v, entrypoint: flow.ts, version: "${variable}", work_pool: {name: ${project.unique}}}]`,
  );
  expect((await deploy(["--all"])).code).toBe(0);
  expect(await read("v")).toMatchObject({ version: "seven" });
});

it("takes the default work pool of the settings where none is named", async () => {
  const { code } = await deploy(["flow.ts", "-n", "default-pool"], {
    PREFECT_DEFAULT_WORK_POOL_NAME: project.unique,
  });
  expect(code).toBe(0);
  expect(await read("default-pool")).toMatchObject({ work_pool_name: project.unique });
});

it("warns of a password in the repository's address without showing it", async () => {
  await project.write(
    "prefect.yaml",
    `pull: [{prefect.deployments.steps.git_clone: {repository: "{{ $URL }}"}}]
deployments: [{name: p, entrypoint: flow.ts, work_pool: {name: ${project.unique}}}]`,
  );
  const { stdout, stderr } = await deploy(["--all"], { URL: "https://user:hush@git.example/museum.git" });
  expect(stdout).toContain("The repository's address in the pull step holds a password");
  expect(stdout + stderr).not.toContain("hush");
});

it("refuses the project's own prefect.yaml, naming the variable, when the repository is not known", async () => {
  const { code, stderr } = await runCli(["deploy", "--all"], {
    cwd: join(import.meta.dirname, "../.."),
    env,
  });
  expect(stderr).toContain("The environment variable GIT_REPOSITORY_URL is not set");
  expect(code).toBe(1);
});
