import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { type RunningCli, runCli, startCli } from "../support/cli.ts";
import { prefectApi } from "../support/prefect-api.ts";
import { sharedStack } from "../support/shared-stack.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";
import { waitFor } from "../support/wait-for.ts";
import { type TestProject, testProject } from "./support/project.ts";

const nowhere = { PREFECT_API_URL: "http://127.0.0.1:1/api" };

it.each([
  [["--name", "w"], "Missing required option '--pool' / '-p'."],
  [["--pool", "a%b"], "Work pool name 'a%b' cannot be empty or hold / or %."],
  [
    ["--pool", "p", "--type", "docker"],
    "Unknown worker type 'docker'. This worker serves pools of type process",
  ],
  [["--pool", "p", "--limit", "many"], "argument 'many' is invalid. Give a whole number of 1 or more."],
  [["--pool", "p", "--warm", "-1"], "Give a whole number of 0 or more."],
])("refuses %j with code 2, before any server is asked", async (args, text) => {
  const { code, stderr } = await runCli(["worker", "start", ...args], { env: nowhere });
  expect(stderr).toContain(text);
  expect(code).toBe(2);
});

it("refuses a base job template that is none", async () => {
  const file = join(await temporaryFolder(), "template.json");
  await writeFile(file, "[]");
  const args = ["worker", "start", "-p", "p", "--base-job-template", file];
  const { code, stderr } = await runCli(args, { env: nowhere });
  expect(stderr).toContain(`${file} must hold a JSON object with the keys job_configuration and variables.`);
  expect(code).toBe(1);
});

describe("signals", async () => {
  const { prefect } = await sharedStack("prefect");
  const api = prefectApi(prefect.apiUrl);
  let project: TestProject;

  beforeAll(async () => {
    project = await testProject();
    await api.post("/work_pools/", { name: project.unique, type: "process" });
    const args = ["deploy", "flow.ts", "-n", "long", "-p", project.unique, "--param", "seconds=600"];
    await runCli(args, { cwd: project.folder, env: { PREFECT_API_URL: prefect.apiUrl } });
  });

  /** A worker with one run of ten minutes under way. */
  async function busyWorker(): Promise<{ worker: RunningCli; run: string }> {
    const env = { PREFECT_API_URL: prefect.apiUrl, PREFECT_HOME: await temporaryFolder() };
    const worker = startCli(["worker", "start", "--pool", project.unique], { env });
    await worker.waitForOutput(/Worker '.*' started!/);
    const { stdout } = await runCli(["deployment", "run", `${project.flowName}/long`], { env });
    const run = /UUID: (\S+)/.exec(stdout)?.[1] ?? "";
    const running = async () => (await api.get(`/flow_runs/${run}`)).state_type === "RUNNING";
    await waitFor(running, { what: "the run is Running" });
    return { worker, run };
  }

  /** Sends one more signal, and again as long as it was taken for the same key press. */
  const signalUntil = (worker: RunningCli, pattern: RegExp) =>
    waitFor(
      () => {
        if (pattern.test(worker.output())) return true;
        worker.process.kill("SIGINT");
        return false;
      },
      { what: `the worker says ${pattern}`, everyMs: 1_000 },
    );

  it("drains at the first signal and cancels at the second", async () => {
    const { worker, run } = await busyWorker();
    await signalUntil(worker, /Received SIGINT: taking no new runs/);
    await signalUntil(worker, /Received SIGINT again: cancelling the runs under way/);
    const { code, signal } = await worker.result;
    expect({ code, signal }).toEqual({ code: 0, signal: null });
    expect((await api.get(`/flow_runs/${run}`)).state_type).not.toBe("RUNNING");
  });
});
