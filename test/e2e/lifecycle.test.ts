import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { isRunning } from "../support/processes.ts";
import { sharedStack } from "../support/shared-stack.ts";
import { waitFor } from "../support/wait-for.ts";
import { openScenario, type Scenario } from "./support/scenario.ts";

const stack = await sharedStack("prefect", "git");
let scenario: Scenario;

beforeEach(async () => {
  scenario = await openScenario(stack);
});
afterEach(() => scenario.close());

/**
 * Within a second where the machine is not busy. By itself the worker's watch is told from its search for lost runs,
 * which finds none before 75 seconds without a heartbeat.
 */
const SOON = 40;

/** By the server's own clock. */
async function secondsBetween(run: string, first: string, second: string): Promise<number> {
  const states = await scenario.api.get<{ name: string; timestamp: string }[]>(
    `/flow_run_states/?flow_run_id=${run}`,
  );
  const at = (name: string) => Date.parse(states.find((state) => state.name === name)?.timestamp ?? "");
  return (at(second) - at(first)) / 1000;
}

describe("the process of a run", () => {
  it.each([
    ["SIGKILL", /ended by SIGKILL.*memory/, /memory limit/],
    ["SIGTERM", /ended by SIGTERM/, /stopped it from outside/],
    ["exit", /exited with code 3/, /output in the worker's log/],
    ["throw", /uncaught exception: Error: thrown where nobody catches/, /thrown where nobody catches/],
    ["reject", /unhandled rejection: Error: rejected where nobody catches/, /rejected where nobody catches/],
    [
      "forget",
      /rejection: Error: failed where nobody waits. Was an await forgotten\?/,
      /had an unhandled rejection/,
    ],
  ])("that ends by %s makes the run Crashed, with an explanation", async (how, message, log) => {
    await scenario.startWorker();
    const run = await scenario.run(await scenario.deployFixture("dies"), { how });
    const { state_name, state } = await scenario.ended(run);
    expect(state.message).toMatch(message);
    expect(state_name).toBe("Crashed");
    await scenario.log(run, log);
    expect(await secondsBetween(run, "Running", "Crashed")).toBeLessThan(SOON);
  });
});

it("a flow that fails is Failed, also when another task fails after that and nobody awaits it any more", async () => {
  await scenario.startWorker();
  const run = await scenario.run(await scenario.deployFixture("dies"), { how: "twice" });
  const { state_name, state } = await scenario.ended(run);
  expect([state_name, state.message]).toEqual([
    "Failed",
    "Flow run encountered an exception: Error: failed where nobody waits",
  ]);
  await scenario.log(run, /At its end the flow run's process had an unhandled rejection/);
});

describe("a worker", () => {
  it("that gets SIGTERM takes no new run, lets the one under way finish, and exits with 0", async () => {
    const worker = await scenario.startWorker();
    const deployment = await scenario.deployFixture("waits");
    const file = join(scenario.folder, "started");
    const run = await scenario.run(deployment, { seconds: 2, file });
    await waitFor(() => readFile(file, "utf8"), { what: "the run has started" });
    const stopped = worker.stop("SIGTERM");
    await worker.waitForOutput(/taking no new runs/);
    const later = await scenario.run(deployment, { seconds: 0, file });
    expect((await stopped).code).toBe(0);
    expect((await scenario.read(run)).state_name).toBe("Completed");
    expect((await scenario.read(later)).state_name).toBe("Scheduled");
  });

  it("that gets a second SIGTERM stops its runs, reports them, and leaves no process", async () => {
    const worker = await scenario.startWorker();
    const file = join(scenario.folder, "started");
    const run = await scenario.run(await scenario.deployFixture("waits"), { seconds: 600, file });
    const pid = Number(await waitFor(() => readFile(file, "utf8"), { what: "the run has started" }));
    worker.process.kill("SIGTERM");
    await worker.waitForOutput(/Again cancels them/);
    // Signals within a tenth of a second count as one key press.
    await waitFor(() => performance.now() > 0, { everyMs: 1 });
    await new Promise((resolve) => setTimeout(resolve, 150));
    expect((await worker.stop("SIGTERM")).code).toBe(0);
    const { state_name, state } = await scenario.read(run);
    expect([state_name, state.message]).toEqual([
      "Crashed",
      "The worker was stopped while the run was in progress.",
    ]);
    expect(() => process.kill(pid, 0)).toThrow("ESRCH");
  });

  it("ends a run that a user cancels, at once, as Cancelled", async () => {
    await scenario.startWorker();
    const file = join(scenario.folder, "started");
    const run = await scenario.run(await scenario.deployFixture("waits"), { seconds: 600, file });
    const pid = Number(await waitFor(() => readFile(file, "utf8"), { what: "the run has started" }));
    await scenario.api.post(`/flow_runs/${run}/set_state`, {
      state: { type: "CANCELLING", name: "Cancelling" },
    });
    expect((await scenario.ended(run, 10_000)).state_name).toBe("Cancelled");
    await waitFor(() => !isRunning(pid), { what: "the run's process has ended" });
  });

  it("never has more runs at once than its limit", async () => {
    await scenario.startWorker(["--limit", "2"]);
    const deployment = await scenario.deployFixture("waits");
    const file = join(scenario.folder, "started");
    const runs = await Promise.all([1, 2, 3, 4].map(() => scenario.run(deployment, { seconds: 600, file })));
    await waitFor(async () => (await readFile(file, "utf8")).trim().split("\n").length === 2, {
      what: "two have started",
    });
    const states = await Promise.all(runs.map((run) => scenario.read(run)));
    expect(states.filter((view) => view.state_name === "Running")).toHaveLength(2);
    for (const run of runs) {
      await scenario.api.post(`/flow_runs/${run}/set_state`, {
        state: { type: "CANCELLING", name: "Cancelling" },
      });
      await scenario.ended(run);
    }
  });

  it("stops after one poll with --run-once, when the run it found has ended", async () => {
    const file = join(scenario.folder, "counted");
    const run = await scenario.run(await scenario.deployFixture("counts"), { file });
    const worker = await scenario.startWorker(["--run-once"]);
    expect((await worker.result).code).toBe(0);
    expect((await scenario.read(run)).state_name).toBe("Completed");
  });

  it("finds what was scheduled while it was not there", async () => {
    const file = join(scenario.folder, "counted");
    const run = await scenario.run(await scenario.deployFixture("counts"), { file });
    await scenario.startWorker();
    expect((await scenario.ended(run)).state_name).toBe("Completed");
  });
});

describe("three workers on one pool", () => {
  it("run each of thirty runs exactly once", async () => {
    for (const name of ["a", "b", "c"])
      await scenario.startWorker(["--name", `replica ${name}`, "--limit", "3"]);
    const file = join(scenario.folder, "counted");
    const deployment = await scenario.deployFixture("counts");
    const runs: string[] = [];
    while (runs.length < 30) runs.push(await scenario.run(deployment, { file }));
    for (const run of runs) expect((await scenario.ended(run, 90_000)).state_name).toBe("Completed");
    const lines = (await readFile(file, "utf8")).trim().split("\n");
    expect(lines.toSorted()).toEqual(runs.toSorted());
  }, 120_000);
});
