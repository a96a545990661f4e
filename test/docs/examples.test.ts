import { spawn } from "node:child_process";
import { mkdir, readFile, symlink, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openScenario, type Scenario } from "../e2e/support/scenario.ts";
import { sharedStack } from "../support/shared-stack.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";

const project = join(import.meta.dirname, "../..");
const bin = (name: string) => join(project, "node_modules/.bin", name);

/** What the run of each example must have said; `undefined` for files that hold no flow to deploy. */
const expected: Record<string, { flow: string; log: RegExp } | undefined> = {
  "hello.ts": { flow: "hello", log: /Good day, world: 5 letters/ },
  "flows/greet.ts": { flow: "greet", log: /Ola has 3 letters/ },
  "flows/parameters.ts": { flow: "loadMuseum", log: /NHM: dry run, all records/ },
  "flows/artifacts.ts": { flow: "report", log: /Finished in state Completed/ },
  "flows/tries.ts": { flow: "tries", log: /It took 2 tries/ },
  "flows/cancellation.ts": { flow: "readAll", log: /has read 3 pages/ },
  "flows/hooks.ts": { flow: "watched", log: /Finished in state Completed/ },
  "flows/context.ts": { flow: "context", log: /This is in run .+ of Context/ },
  "flows/greet.test.ts": undefined,
};

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
    include: ["**/*.ts"],
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
  it.each(flows)("the example $file completes and says what it should", async ({ file, flow, log }) => {
    const deployment = await scenario.deploy({ flow, entrypoint: `${file}:${flow}` });
    const id = await scenario.run(deployment);
    expect((await scenario.ended(id)).state_name).toBe("Completed");
    expect(await scenario.log(id, log)).toMatch(log);
  });
});
