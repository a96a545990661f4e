import { spawn } from "node:child_process";
import { mkdir, readFile, symlink, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { makeBlock } from "../e2e/support/blocks.ts";
import { openScenario, type Scenario } from "../e2e/support/scenario.ts";
import { runCli } from "../support/cli.ts";
import { sharedStack } from "../support/shared-stack.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";
import { waitFor } from "../support/wait-for.ts";

const project = join(import.meta.dirname, "../..");
const bin = (name: string) => join(project, "node_modules/.bin", name);

interface Example {
  flow: string;
  /** What its run must have said. */
  log: RegExp;
  /** Makes what it needs on the server. */
  before?: (scenario: Scenario) => Promise<unknown>;
  /** What somebody does while it runs. */
  meanwhile?: (scenario: Scenario, run: string) => Promise<unknown>;
}

/** The examples by their file; `undefined` for files that hold no flow to deploy. */
const expected: Record<string, Example | undefined> = {
  "hello.ts": { flow: "hello", log: /Good day, world: 5 letters/ },
  "flows/greet.ts": { flow: "greet", log: /Ola has 3 letters/ },
  "flows/parameters.ts": { flow: "loadMuseum", log: /NHM: dry run, all records/ },
  "flows/at-once.ts": { flow: "atOnce", log: /6 records/ },
  "flows/as-completed.ts": { flow: "inTurn", log: /ready in turn: UM, NHM/ },
  "flows/subflows.ts": { flow: "migrateAll", log: /sum 10, then Completed/ },
  "flows/caching.ts": { flow: "caching", log: /looked up 1 time/ },
  "flows/outcomes.ts": { flow: "outcomes", log: /Failed: .*the roof leaks/ },
  "flows/tries.ts": { flow: "tries", log: /It took 2 tries/ },
  "flows/cancellation.ts": { flow: "readAll", log: /has read 3 pages/ },
  "flows/hooks.ts": { flow: "watched", log: /Finished in state Completed/ },
  "flows/approval.ts": { flow: "approval", log: /approved: go on/, meanwhile: approve },
  "flows/artifacts.ts": { flow: "report", log: /Finished in state Completed/ },
  "flows/settings.ts": {
    flow: "settings",
    log: /museums, password \*+ of 5 letters/,
    before: ({ api }) =>
      makeBlock(api, { type: "Secret", name: "oracle-password", data: { value: "musit" } }),
  },
  "flows/events.ts": { flow: "events", log: /Finished in state Completed/ },
  "flows/limits.ts": { flow: "limits", log: /42 rows copied/, before: makeLimits },
  "flows/orchestrate.ts": { flow: "orchestrate", log: /has completed/, before: deployLoadMuseum },
  "flows/context.ts": { flow: "context", log: /This is in run .+ of Context/ },
  "flows/greet.test.ts": undefined,
};

async function approve({ api, inState }: Scenario, run: string): Promise<void> {
  await inState(run, "Paused");
  const resumed = () =>
    api.post(`/flow_runs/${run}/resume`, { run_input: { approved: true, note: "go on" } });
  // The form comes after the state.
  await waitFor(async () => ((await resumed()) as { status: string }).status === "ACCEPT", {
    what: "the run is resumed",
  });
}

async function makeLimits({ api }: Scenario): Promise<void> {
  for (const name of ["oracle", "specify", "geocoder"]) {
    const limit = { name, limit: 2, ...(name === "geocoder" && { slot_decay_per_second: 20 }) };
    // Another try of this test has made it before.
    await api.post("/v2/concurrency_limits/", limit).catch((error: Error) => {
      if (!error.message.includes("409")) throw error;
    });
  }
}

async function deployLoadMuseum({ api, pool, repositoryUrl }: Scenario): Promise<void> {
  const { id: flow_id } = await api.post<{ id: string }>("/flows/", { name: "Load museum" });
  await api.post("/deployments/", {
    name: "dev",
    flow_id,
    entrypoint: "flows/parameters.ts:loadMuseum",
    work_pool_name: pool,
    pull_steps: [{ "prefect.deployments.steps.git_clone": { repository: repositoryUrl, branch: "dev" } }],
  });
}

const examples = { ...(await examplesOf("README.md")), ...(await examplesOf("docs/flows.md")) };

/** The `ts` blocks of a page by the file name in their first line. */
async function examplesOf(page: string): Promise<Record<string, string>> {
  const text = await readFile(join(project, page), "utf8");
  const blocks = [...text.matchAll(/^```ts\n([\s\S]*?)^```$/gm)].map(([, code = ""]) => code);
  return Object.fromEntries(
    blocks.map((code) => {
      const name = /^\/\/ (\S+\.ts)\n/.exec(code)?.[1];
      if (name === undefined)
        throw new Error(`a ts block of ${page} does not begin with its file's name:\n${code}`);
      return [name, code];
    }),
  );
}

/** Runs a program to its end; gives what it said and its exit code. */
async function run(
  command: string,
  args: string[],
  cwd: string,
): Promise<{ code: number | null; said: string }> {
  const child = spawn(command, args, { cwd, stdio: ["ignore", "pipe", "pipe"] });
  let said = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (text: string) => {
      said += text;
    });
  }
  const code = await new Promise<number | null>((done, fail) => {
    child.once("error", fail);
    child.once("close", done);
  });
  return { code, said };
}

/** A folder with all examples, as the repository of somebody who has installed prefect-ts. */
async function exampleFolder(): Promise<string> {
  const folder = await temporaryFolder();
  await symlink(join(project, "node_modules"), join(folder, "node_modules"));
  for (const [name, code] of Object.entries(examples)) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), code);
  }
  const config = {
    extends: join(project, "tsconfig.json"),
    compilerOptions: { paths: { "prefect-ts": [join(project, "src/sdk/index.ts")] } },
    // Declarations that the SDK's own sources need belong to no example.
    include: ["**/*.ts", join(project, "src/**/*.d.ts")],
    exclude: ["node_modules"],
  };
  await writeFile(join(folder, "package.json"), JSON.stringify({ type: "module" }));
  await writeFile(join(folder, "tsconfig.json"), JSON.stringify(config));
  const alias = JSON.stringify({ "prefect-ts": join(project, "src/sdk/index.ts") });
  await writeFile(join(folder, "vitest.config.js"), `export default { resolve: { alias: ${alias} } };\n`);
  return folder;
}

describe("the examples of README.md and docs/flows.md", () => {
  let folder: string;
  beforeAll(async () => {
    folder = await exampleFolder();
  });

  it("are all known to this test", () => {
    expect(Object.keys(examples).sort()).toEqual(Object.keys(expected).sort());
  });

  it("have no type error", async () => {
    const { code, said } = await run(bin("tsc"), ["--noEmit", "-p", "."], folder);
    expect(said).toBe("");
    expect(code).toBe(0);
  });

  it("show a unit test that passes", async () => {
    const { code, said } = await run(bin("vitest"), ["run", "--root", "."], folder);
    expect(said).toMatch(/2 passed/);
    expect(code).toBe(0);
  });
});

describe("on a Prefect server, under a worker", async () => {
  const stack = await sharedStack("prefect", "git");
  let scenario: Scenario;
  beforeAll(async () => {
    scenario = await openScenario(stack);
    await scenario.repository.push(examples);
    await scenario.startWorker();
  });
  afterAll(() => scenario.close());

  const flows = Object.entries(expected).flatMap(([file, what]) => (what ? [{ file, ...what }] : []));
  it.each(flows)("the example $file completes and says what it should", async (example) => {
    const { file, flow, log } = example;
    await example.before?.(scenario);
    const deployment = await scenario.deploy({ flow, entrypoint: `${file}:${flow}` });
    const id = await scenario.run(deployment);
    await example.meanwhile?.(scenario, id);
    expect((await scenario.ended(id, 60_000)).state_type).toBe("COMPLETED");
    expect(await scenario.log(id, log)).toMatch(log);
  });

  it("README.md's first flow runs from a folder of its own, by the commands there", async () => {
    const cwd = await temporaryFolder();
    await writeFile(join(cwd, "hello.ts"), examples["hello.ts"] ?? "");
    const cli = (...args: string[]) => runCli(args, { cwd, env: stack.env });
    const deployed = await cli("deploy", "hello.ts:hello", "--name", "first", "--pool", scenario.pool);
    expect(deployed.code, deployed.stdout + deployed.stderr).toBe(0);
    const watched = await cli("deployment", "run", "Hello/first", "--param", "who=Ola", "--watch");
    expect(watched.code, watched.stdout + watched.stderr).toBe(0);
    const id = /UUID: ([\da-f-]{36})/.exec(watched.stdout)?.[1] ?? "";
    expect(await scenario.log(id, /Good day/)).toBe("Good day, Ola: 3 letters");
  });
});
