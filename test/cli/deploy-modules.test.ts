import { beforeEach, describe, expect, it } from "vitest";
import { runCli } from "../support/cli.ts";
import { prefectApi } from "../support/prefect-api.ts";
import { sharedStack } from "../support/shared-stack.ts";
import { type TestProject, testProject } from "./support/project.ts";

const { prefect } = await sharedStack("prefect");
const api = prefectApi(prefect.apiUrl);
const IMPORT = 'import { flow, task, z } from "prefect-ts";\n';

let project: TestProject;
beforeEach(async () => {
  project = await testProject();
  await api.post("/work_pools/", { name: project.unique, type: "process" });
});

/** Deploys a module of the project. */
async function deploy(files: Record<string, string>, more: string[] = []) {
  for (const [name, text] of Object.entries(files)) await project.write(name, text);
  const args = ["deploy", "m.ts:f", "--name", "one", "--pool", project.unique, ...more];
  return runCli(args, { cwd: project.folder, env: { PREFECT_API_URL: prefect.apiUrl } });
}

describe("a module that cannot be loaded", () => {
  const broken: [string, Record<string, string>, RegExp][] = [
    [
      "because one that it imports throws",
      {
        "m.ts": `${IMPORT}import { host } from "./settings.ts";\nexport const f = flow({ name: "F" }, () => host);`,
        "settings.ts": "const all: { db?: { host: string } } = {};\n\nexport const host = all.db!.host;",
      },
      /Module "m.ts" could not be loaded: TypeError: Cannot read .*'host'\) \(settings.ts:3\)/,
    ],
    [
      "because it is no TypeScript",
      { "m.ts": `${IMPORT}export const f = ;\n` },
      /Module "m.ts" could not be loaded: SyntaxError: .* \(m.ts:2\)/,
    ],
    [
      "because a flow is made as in Python",
      { "m.ts": `${IMPORT}\n// @ts-expect-error\nexport const f = flow(async () => 1);` },
      /TypeError: A flow is made of options and a function: flow\(\{ name: "…" \}, async \(\) => …\). \(m.ts:4\)/,
    ],
    [
      "because a task is made as in Python",
      {
        "m.ts": `${IMPORT}\n// @ts-expect-error\nconst t = task(async () => 1);\nexport const f = flow({ name: "F" }, t);`,
      },
      /TypeError: A task is made of options and a function: .* \(m.ts:4\)/,
    ],
  ];
  it.each(broken)("%s, is told with its line", async (_, files, message) => {
    const { code, stderr } = await deploy(files);
    expect(stderr).toMatch(message);
    expect(stderr).not.toContain("was not foreseen");
    expect(code).toBe(1);
  });

  it("is told with its stack where --debug asks for it", async () => {
    const settings = 'throw new Error("no settings");';
    const { stderr } = await deploy({ "m.ts": `import "./settings.ts";`, "settings.ts": settings }, [
      "--debug",
    ]);
    expect(stderr).toMatch(/\[cause\]: Error: no settings\n\s+at .*settings\.ts:1/);
  });

  it("because an await of it never ends, is named", async () => {
    const text = `${IMPORT}await new Promise(() => undefined);\nexport const f = flow({ name: "F" }, () => 1);`;
    const { code, stderr } = await deploy({ "m.ts": text });
    expect(stderr).toContain('Module "m.ts" has an await at its top level that never comes to an end.');
    expect(code).toBe(13);
  });
});

it("a parameter that no JSON can hold is explained", async () => {
  const { code, stderr } = await deploy({
    "m.ts": `${IMPORT}export const f = flow({ name: "F", parameters: z.object({ since: z.date() }) }, () => 1);`,
  });
  expect(stderr).toContain(
    'Parameter "since" of flow "F" is a date, which cannot be given as JSON. Use z.coerce.date()',
  );
  expect(stderr).not.toContain("was not foreseen");
  expect(code).toBe(1);
});

it("a module that keeps a timer does not keep the command", async () => {
  const text = `${IMPORT}setInterval(() => undefined, 1000);\nexport const f = flow({ name: "${project.unique}" }, () => 1);`;
  const { code, stdout } = await deploy({ "m.ts": text });
  expect(stdout).toContain("successfully");
  expect(code).toBe(0);
});
