import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { writeNpmProject } from "../git/support/npm-project.ts";
import { runCli } from "../support/cli.ts";
import { sharedStack } from "../support/shared-stack.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";
import { openScenario, type Scenario } from "./support/scenario.ts";

const stack = await sharedStack("prefect", "git");
let scenario: Scenario;

beforeAll(async () => {
  scenario = await openScenario(stack);
  await scenario.startWorker([], { npm_config_offline: "true" });
});
afterAll(() => scenario.close());

const flowCode = (name: string) => `
import { getRunContext, flow, logger, task, z } from "prefect-ts";
import thing from "thing";
import { greeting } from "../lib/greeting.ts";

const greet = task({ name: "Greet" }, (who: string) => greeting(who));

export const ours = flow(
  { name: ${JSON.stringify(name)}, parameters: z.object({ who: z.string().default("world") }) },
  async ({ who }) => {
    logger.info(await greet(who), "with", thing, "in", getRunContext()?.flowName);
  },
);
`;

/** A repository of flows as somebody else has it: its own package.json, lock file, dependency and code. */
async function repository(name: string, more: Record<string, string> = {}): Promise<string> {
  const folder = await temporaryFolder();
  writeNpmProject(folder, "a library of their own");
  const packageJson = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
  const pull = [
    { "prefect.deployments.steps.git_clone": { repository: scenario.repositoryUrl, branch: name } },
  ];
  const deployments = [{ name, entrypoint: "flows/ours.ts:ours", work_pool: { name: scenario.pool } }];
  const files: Record<string, string> = {
    "package.json": JSON.stringify({ ...packageJson, type: "module" }),
    "flows/ours.ts": flowCode(`Ours ${name}`),
    "lib/greeting.ts": 'export const greeting = (who: string): string => "Good day, " + who;\n',
    "prefect.yaml": JSON.stringify({ pull, deployments }),
    ".gitignore": "node_modules/\n",
    ...more,
  };
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  return folder;
}

/** Pushes it, deploys it from its own folder, and gives what a run of it has said. */
async function runOf(folder: string, name: string): Promise<string> {
  await scenario.repository.publishFolder(folder, { branch: name });
  const deployed = await runCli(["deploy", "--all", "--no-prompt"], { cwd: folder, env: stack.env });
  expect(deployed.code, deployed.stdout + deployed.stderr).toBe(0);
  const { id } = await scenario.api.get<{ id: string }>(
    `/deployments/name/${encodeURIComponent(`Ours ${name}`)}/${name}`,
  );
  const run = await scenario.run(id, { who: "Ola" });
  const ended = await scenario.ended(run, 90_000);
  const text = (await scenario.logs(run)).map(({ message }) => message).join("\n");
  expect(ended.state_name, text).toBe("Completed");
  return text;
}

describe("a repository of flows that is not this one", () => {
  it("runs unchanged, with the dependencies of its own lock file", { timeout: 180_000 }, async () => {
    const name = `${scenario.pool}-plain`;
    const folder = await repository(name);
    const quiet = ["--no-audit", "--no-fund", "--no-update-notifier", "--offline"];
    execFileSync("npm", ["ci", ...quiet], { cwd: folder, stdio: "pipe" });
    const text = await runOf(folder, name);
    expect(text).toContain(`Good day, Ola with a library of their own in Ours ${name}`);
  });

  it("gets the worker's prefect-ts, although it brings a copy of its own", { timeout: 180_000 }, async () => {
    const name = `${scenario.pool}-copy`;
    const module = (exports: string) => JSON.stringify({ name: exports, version: "9.9.9", main: "index.js" });
    const folder = await repository(name, {
      ".gitignore": "",
      "node_modules/prefect-ts/package.json": module("prefect-ts"),
      "node_modules/prefect-ts/index.js": 'throw new Error("a second copy of the SDK was loaded");\n',
      "node_modules/thing/package.json": module("thing"),
      "node_modules/thing/index.js": 'module.exports = "a copy in the repository";\n',
    });
    const text = await runOf(folder, name);
    expect(text).toContain(`Good day, Ola with a copy in the repository in Ours ${name}`);
  });
});
