import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { RunningCli } from "../support/cli.ts";
import { descendants, isRunning } from "../support/processes.ts";
import { sharedStack } from "../support/shared-stack.ts";
import { type StateProxy, startStateProxy } from "../support/state-proxy.ts";
import { waitFor } from "../support/wait-for.ts";
import { impatient } from "./support/impatient.ts";
import { openScenario, type Scenario } from "./support/scenario.ts";
import { linesOf, linesOnceThere, noFolderLeft } from "./support/told.ts";

// A run's path to its end is a row of proposals. At each of them, before and after the server has seen it, the run's
// process or its worker is killed by SIGKILL.
const stack = await sharedStack("prefect", "git");
let scenario: Scenario;
let proxy: StateProxy;
let file: string;

beforeEach(async () => {
  scenario = await openScenario(stack);
  proxy = await startStateProxy(stack.prefect.apiUrl);
  file = join(scenario.folder, "counted");
});
afterEach(async () => {
  await scenario.close();
  await proxy.close();
});

const startWorker = (name: string, env: Record<string, string> = {}) =>
  scenario.startWorker(["--name", name], { ...impatient, ...env });
const behindProxy = () => startWorker("one", { PREFECT_API_URL: proxy.url });
const counts = async () => scenario.run(await scenario.deployFixture("counts"), { file });

/** Every process of the worker that runs a flow or waits for one. */
function runnersOf(worker: RunningCli): number[] {
  return descendants(worker.process.pid ?? 0)
    .filter(({ command }) => command.includes("/runner/main."))
    .map(({ pid }) => pid);
}

function killAll(pids: number[]): void {
  for (const pid of pids) process.kill(pid, "SIGKILL");
}

async function expectEnd(run: string, end: [state: string, message: RegExp, bodies: number]): Promise<void> {
  const { state_name, state } = await scenario.ended(run, 90_000);
  expect([state_name, state.message ?? ""]).toEqual([end[0], expect.stringMatching(end[1])]);
  expect(linesOf(file)).toHaveLength(end[2]);
  await noFolderLeft(scenario);
}

describe("the run's process is killed", () => {
  it("while its code is prepared: Crashed, and its flow has not begun", async () => {
    await startWorker("one");
    const env = {
      GATE: join(scenario.folder, "never"),
      STARTED: file,
      LOADING: join(scenario.folder, "loading"),
    };
    const deployment = await scenario.deployFixture("slow-to-load");
    const run = await scenario.run(deployment, {}, { job_variables: { env } });
    const [pid] = await linesOnceThere(env.LOADING);
    await scenario.inState(run, "Pending");
    killAll([Number(pid)]);
    await expectEnd(run, ["Crashed", /ended by SIGKILL/, 0]);
  });

  it("while its claim is answered: Crashed, or run by a new process, and at most once", async () => {
    const worker = await behindProxy();
    proxy.next("PENDING", "answered", () => {
      killAll(runnersOf(worker));
      return undefined;
    });
    const run = await counts();
    const { state_name } = await scenario.ended(run);
    expect(["Crashed", "Completed"]).toContain(state_name);
    expect(linesOf(file)).toHaveLength(state_name === "Completed" ? 1 : 0);
    await noFolderLeft(scenario);
  });

  it.each<[string, string, "asked" | "answered", [string, RegExp, number]]>([
    ["before the server has seen Running", "RUNNING", "asked", ["Crashed", /ended by SIGKILL/, 0]],
    ["after the server has seen Running", "RUNNING", "answered", ["Crashed", /ended by SIGKILL/, 0]],
    ["before the server has seen Completed", "COMPLETED", "asked", ["Crashed", /ended by SIGKILL/, 1]],
    ["after the server has seen Completed", "COMPLETED", "answered", ["Completed", /^$/, 1]],
  ])("%s", async (_, type, moment, end) => {
    const worker = await behindProxy();
    proxy.next(type, moment, () => {
      killAll(runnersOf(worker));
      return "break";
    });
    const run = await counts();
    await expectEnd(run, end);
    // And the worker goes on.
    await scenario.ended(await counts());
  });
});

describe("the server refuses what the run's process tells it", () => {
  it("for good: the process ends, and its worker tells the end in its place", async () => {
    await behindProxy();
    // Running, then the Crashed by which the process gives up.
    for (const type of ["RUNNING", "CRASHED"]) proxy.next(type, "asked", () => ({ status: 422 }));
    await expectEnd(await counts(), ["Crashed", /exited with code 1/, 0]);
  });
});

describe("the server's answer to a claim", () => {
  it("is lost in an outage: the run is scheduled again, and runs once", async () => {
    await behindProxy();
    // Longer than a worker waits for a claim.
    const later = { status: 503, headers: { "retry-after": "600" } };
    proxy.next("PENDING", "answered", () => later);
    const run = await counts();
    await expectEnd(run, ["Completed", /^$/, 1]);
    expect(await scenario.states(run)).toContain("AwaitingRetry");
  });
});

describe("the worker is killed", () => {
  it.each<[string, string, "asked" | "answered", [string, RegExp, number]]>([
    ["before the server has seen Pending", "PENDING", "asked", ["Completed", /^$/, 1]],
    [
      "after the server has seen Pending",
      "PENDING",
      "answered",
      ["Crashed", /Worker 'one', which ran it, is gone/, 0],
    ],
    ["before the server has seen Running", "RUNNING", "asked", ["Completed", /^$/, 1]],
    ["after the server has seen Running", "RUNNING", "answered", ["Completed", /^$/, 1]],
    ["before the server has seen Completed", "COMPLETED", "asked", ["Completed", /^$/, 1]],
    ["after the server has seen Completed", "COMPLETED", "answered", ["Completed", /^$/, 1]],
  ])("%s", async (_, type, moment, end) => {
    const worker = await behindProxy();
    let runners: number[] = [];
    proxy.next(type, moment, () => {
      runners = runnersOf(worker);
      worker.process.kill("SIGKILL");
      return type === "PENDING" ? "break" : undefined;
    });
    const run = await counts();
    await worker.result;
    await startWorker("two");
    await expectEnd(run, end);
    const gone = () => runners.every((pid) => !isRunning(pid));
    await waitFor(gone, { what: "the processes of the killed worker have ended" });
  });
});
