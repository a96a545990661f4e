import { beforeAll, expect, it } from "vitest";
import { runCli, startCli } from "../support/cli.ts";
import { prefectApi } from "../support/prefect-api.ts";
import { sharedStack } from "../support/shared-stack.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";
import { type TestProject, testProject } from "./support/project.ts";

interface Run {
  id: string;
  name: string;
  parameters: object;
  job_variables: object;
  tags: string[];
  state_type: string;
  expected_start_time: string;
}

const { prefect } = await sharedStack("prefect");
const api = prefectApi(prefect.apiUrl);
const env = { PREFECT_API_URL: prefect.apiUrl };
const cli = (args: string[], input?: string) =>
  runCli(args, { env, ...(input === undefined ? {} : { input }) });

let project: TestProject;
let name: string;
const runs = () => api.post<Run[]>("/flow_runs/filter", { flows: { name: { any_: [project.flowName] } } });
const idIn = (stdout: string) => /UUID: ([\da-f-]{36})/.exec(stdout)?.[1] ?? "";

beforeAll(async () => {
  project = await testProject();
  await api.post("/work_pools/", { name: project.unique, type: "process" });
  const args = ["deploy", "flow.ts", "-n", "d", "-p", project.unique];
  await runCli(args, { cwd: project.folder, env });
  name = `${project.flowName}/d`;
});

it("makes a run and tells its name, id, parameters, start and page", async () => {
  const { code, stdout } = await cli([
    ...[
      "deployment",
      "run",
      name,
      "-p",
      "who=Kari Nordmann",
      "--param",
      "seconds=0.5",
      "-jv",
      "working_dir=/tmp",
    ],
    ...["--tag", "one", "--tag", "two", "--start-in", "10 minutes", "--flow-run-name", "to-{who}-{seconds}"],
  ]);
  expect(code).toBe(0);
  const run = await api.get<Run>(`/flow_runs/${idIn(stdout)}`);
  expect(run).toMatchObject({
    name: "to-Kari Nordmann-0.5",
    parameters: { who: "Kari Nordmann", seconds: 0.5 },
    job_variables: { working_dir: "/tmp" },
    tags: expect.toSatisfy((tags: string[]) => tags.toSorted().join() === "one,two"),
    state_type: "SCHEDULED",
  });
  const minutes = (Date.parse(run.expected_start_time) - Date.now()) / 60_000;
  expect(minutes).toBeGreaterThan(9);
  expect(minutes).toBeLessThanOrEqual(10);
  expect(stdout).toContain(`Creating flow run for deployment '${name}'...`);
  expect(stdout).toContain("Created flow run 'to-Kari Nordmann-0.5'.");
  expect(stdout).toContain('└── Parameters: {"who":"Kari Nordmann","seconds":0.5}');
  expect(stdout).toMatch(/└── Scheduled start time: \d{4}-\d\d-\d\d \d\d:\d\d:\d\d \S+ \(in \d+ minutes\)/);
  expect(stdout).toContain(`/runs/flow-run/${run.id}`);
});

it("reads parameters from stdin, and lets --param win", async () => {
  const args = ["deployment", "run", name, "--params", "-", "-p", "who=Ola", "--start-in", "1 hour"];
  const { code, stdout, stderr } = await cli(args, '{"who": "Kari", "seconds": 2}');
  expect(code).toBe(0);
  expect(stderr).toContain("the `--param` value will be used: who");
  expect(await api.get(`/flow_runs/${idIn(stdout)}`)).toMatchObject({
    parameters: { who: "Ola", seconds: 2 },
  });
});

it.each([
  [
    ["-p", "whom=x"],
    1,
    "not found on the deployment: whom\nThe following parameters are available on the deployment: who, seconds",
  ],
  [["-p", "seconds=long"], 1, "The server refused the run: "],
  [["-p", "who"], 2, "Expected format 'key=value'"],
  [["--params", "{"], 2, "Failed to parse JSON of --params"],
  [["--params", "[1]"], 2, "--params must be a JSON object"],
  [["--params", "-"], 2, "No data passed to stdin"],
  [["--start-in", "soon"], 2, "Unable to parse scheduled start time 'in soon'"],
  [["--start-at", "25:00"], 2, "Unable to parse scheduled start time 'at 25:00'"],
  [["--start-in", "1h", "--start-at", "5pm"], 2, "Only one of `--start-in` or `--start-at`"],
  [["--flow-run-name", "{whom}"], 2, "Missing parameter for flow run name: 'whom' is undefined"],
  [["--id", "4f9a3c1e-0000-4000-8000-000000000000"], 2, "Only provide a deployed flow's name or id"],
])("refuses %j before a run is made", async (args, code, text) => {
  const before = (await runs()).length;
  const result = await cli(["deployment", "run", name, ...args], "");
  expect(result.stderr).toContain(text);
  expect(result.code).toBe(code);
  expect(await runs()).toHaveLength(before);
});

it("offers the name that was meant", async () => {
  const misspelt = await cli(["deployment", "run", `${name}d`]);
  expect(misspelt.stderr).toContain(`Deployment '${name}d' not found! Did you mean '${name}'`);
  const { code, stderr } = await cli(["deployment", "inspect", "no-slash"]);
  expect(stderr).toContain("Expected '<flow-name>/<deployment-name>'");
  expect(code).toBe(2);
});

it("lists and inspects deployments", async () => {
  const listed = await cli(["deployment", "ls", project.flowName]);
  expect(listed.stdout).toContain(`│ ${name} `);
  expect(listed.stdout.match(/│ Greeting/g)).toHaveLength(1);
  const { stdout } = await cli(["deployment", "inspect", name, "-o", "json"]);
  expect(JSON.parse(stdout)).toMatchObject({ name: "d", work_pool_name: project.unique, automations: [] });
});

it("watches a run until it has ended: code 0 when it completed, 1 when it failed", async () => {
  const home = await temporaryFolder();
  const worker = startCli(["worker", "start", "--pool", project.unique, "--name", "watched"], {
    env: { ...env, PREFECT_HOME: home },
  });
  try {
    await worker.waitForOutput(/Worker 'watched' started!/);
    const good = await cli(["deployment", "run", name, "--watch", "-p", "who=Kari"]);
    expect(good.stdout).toMatch(
      /prefect\.flow-run\.Scheduled[\s\S]*Good day, Kari[\s\S]*prefect\.flow-run\.Completed/,
    );
    expect(good.stdout).toContain("Flow run finished successfully in 'Completed'.");
    expect(good.code).toBe(0);
    const bad = await cli(["deployment", "run", name, "--watch", "-p", "who=nobody"]);
    expect(bad.stdout).toContain("there is nobody to greet");
    expect(bad.stderr).toContain("Flow run finished in state 'Failed'.");
    expect(bad.code).toBe(1);
    await checkLogs(idIn(good.stdout));
  } finally {
    expect(await worker.stop()).toMatchObject({ code: 0 });
  }
  expect(worker.output()).toContain("Received SIGTERM: taking no new runs");
});

async function checkLogs(id: string): Promise<void> {
  const logs = async (...args: string[]) =>
    (await cli(["flow-run", "logs", id, ...args])).stdout.trimEnd().split("\n");
  const all = await logs();
  expect(all.join("\n")).toMatch(
    /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3} \| INFO {4}\| Flow run '\S+' - Good day, Kari$/m,
  );
  expect(await logs("--head", "-n", "2")).toEqual(all.slice(0, 2));
  expect(await logs("-t", "-n", "2")).toEqual(all.slice(-2));
  expect(await logs("-r")).toEqual(all.toReversed());
  expect(await logs("--follow")).toEqual(all);
  const json = JSON.parse((await cli(["flow-run", "logs", id, "-o", "json"])).stdout) as {
    message: string;
  }[];
  expect(json).toHaveLength(all.length);
  const both = await cli(["flow-run", "logs", id, "--head", "--tail"]);
  expect(both).toMatchObject({
    code: 2,
    stderr: "Please provide either a `head` or `tail` option but not both.\n",
  });
}

it("stops watching after --watch-timeout, and the run goes on", async () => {
  const { code, stdout, stderr } = await cli([
    ...["deployment", "run", name, "--start-in", "1 hour", "--watch", "--watch-timeout", "0.5"],
  ]);
  expect(stderr).toContain("exceeded watch timeout of 0.5 seconds. It goes on");
  expect(code).toBe(1);
  expect(await api.get(`/flow_runs/${idIn(stdout)}`)).toMatchObject({ state_type: "SCHEDULED" });
});

it("follows the logs of a run while they come", async () => {
  const { stdout } = await cli(["deployment", "run", name, "--start-in", "1 hour"]);
  const id = idIn(stdout);
  const log = (message: string) => ({
    name: "test",
    level: 30,
    message,
    timestamp: new Date().toISOString(),
    flow_run_id: id,
  });
  await api.post("/logs/", [log("first")]);
  const following = startCli(["flow-run", "logs", id, "-f"], { env });
  await following.waitForOutput(/WARNING \| Flow run '\S+' - first/);
  await api.post("/logs/", [log("second")]);
  await following.waitForOutput(/ - second/);
  await api.post(`/flow_runs/${id}/set_state`, {
    state: { type: "CANCELLED", name: "Cancelled" },
    force: true,
  });
  const { code, stdout: said } = await following.result;
  expect(code).toBe(0);
  expect(said.match(/first/g)).toHaveLength(1);
});

it("lists runs by flow and state, and inspects one by its name", async () => {
  await cli(["deployment", "run", name, "--start-in", "1 hour", "--flow-run-name", `run-${project.unique}`]);
  const list = (...args: string[]) => cli(["flow-run", "ls", "--flow-name", project.flowName, ...args]);
  expect((await list("--state", "scheduled")).stdout).toMatch(
    new RegExp(`│ run-${project.unique} +│ SCHEDULED │ in `),
  );
  expect((await list("--state-type", "running")).stdout).toBe("No flow runs found.\n");
  expect((await list("--state-type", "running", "-o", "json")).stdout).toBe("[]\n");
  expect(await list("--state-type", "done")).toMatchObject({ code: 2, stdout: "" });
  const json = JSON.parse((await list("--limit", "1", "-o", "json")).stdout) as Run[];
  expect(json).toHaveLength(1);
  const { stdout } = await cli(["flow-run", "inspect", `run-${project.unique}`, "-o", "json"]);
  expect(JSON.parse(stdout)).toMatchObject({ name: `run-${project.unique}` });
  const unknown = await cli(["flow-run", "inspect", "4f9a3c1e-0000-4000-8000-000000000000"]);
  expect(unknown.stderr).toContain("Flow run '4f9a3c1e-0000-4000-8000-000000000000' not found!");
  expect(unknown.code).toBe(1);
});

it("cancels a run that waits, retries it, and deletes it", async () => {
  const { stdout } = await cli(["deployment", "run", name, "--start-in", "1 hour"]);
  const id = idIn(stdout);
  expect(await cli(["flow-run", "retry", id])).toMatchObject({ code: 1 });
  expect((await cli(["flow-run", "cancel", id])).stdout).toContain("successfully scheduled for cancellation");
  expect(await api.get<Run>(`/flow_runs/${id}`)).toMatchObject({ state_type: "CANCELLED" });
  const again = await cli(["flow-run", "cancel", id]);
  expect({ code: again.code, stdout: again.stdout }).toEqual({ code: 1, stdout: "" });
  expect(again.stderr).toContain(`Flow run '${id}' was unable to be cancelled. Reason: `);
  expect(await cli(["flow-run", "watch", id])).toMatchObject({
    code: 1,
    stderr: "Flow run finished in state 'Cancelled'.\n",
  });
  expect((await cli(["flow-run", "retry", id])).stdout).toContain("has been scheduled for retry");
  expect(await api.get<Run>(`/flow_runs/${id}`)).toMatchObject({ state_type: "SCHEDULED" });
  expect((await cli(["flow-run", "delete", id])).code).toBe(0);
  expect((await cli(["flow-run", "inspect", id])).stderr).toContain(`Flow run '${id}' not found!`);
});
