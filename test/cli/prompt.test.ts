import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { prefectApi } from "../support/prefect-api.ts";
import { sharedStack } from "../support/shared-stack.ts";
import { type TestProject, testProject } from "./support/project.ts";

const PROGRAM = join(import.meta.dirname, "../../bin/prefect-ts");
/** util-linux's `script` gives a program a terminal. */
const script = "/usr/bin/script";

const { prefect } = await sharedStack("prefect");
const api = prefectApi(prefect.apiUrl);

/** Runs `prefect-ts` on a terminal, and answers each question that it asks. */
async function onTerminal(project: TestProject, args: string, answers: [question: string, answer: string][]) {
  const child = spawn(script, ["-qefc", `${process.execPath} ${PROGRAM} ${args}`, "/dev/null"], {
    cwd: project.folder,
    env: {
      ...process.env,
      PREFECT_API_URL: prefect.apiUrl,
      PREFECT_HOME: join(project.folder, "home"),
      NO_COLOR: "1",
    },
  });
  let output = "";
  let looked = 0;
  const left = [...answers];
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    output += text;
    const [next] = left;
    const at = next === undefined ? -1 : output.indexOf(next[0], looked);
    if (next === undefined || at === -1) return;
    looked = at + next[0].length;
    left.shift();
    child.stdin.write(`${next[1]}\n`);
  });
  const [code] = await once(child, "close");
  return { code, output };
}

it.skipIf(!existsSync(script))("asks on a terminal for what a new deployment lacks", async () => {
  const project = await testProject();
  await api.post("/work_pools/", { name: project.unique, type: "process" });
  const pools = await api.post<{ name: string }[]>("/work_pools/filter");
  const number = pools.findIndex((pool) => pool.name === project.unique) + 1;
  const { code, output } = await onTerminal(project, "deploy", [
    ["Flow entrypoint", "flow.ts:greet"],
    ["Deployment name (default)", ""],
    ["Number, 1 to", String(number)],
  ]);
  expect(output).toContain(`Deployment '${project.flowName}/default' successfully created`);
  expect(code).toBe(0);
});

it.skipIf(!existsSync(script))("asks nothing on a terminal with --no-prompt", async () => {
  const project = await testProject();
  const { code, output } = await onTerminal(project, "--no-prompt work-pool create p", []);
  expect(output).toContain("you must supply a `--type` value");
  expect(code).toBe(2);
});
