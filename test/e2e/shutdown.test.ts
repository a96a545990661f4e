import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { RunningCli } from "../support/cli.ts";
import { isRunning } from "../support/processes.ts";
import { sharedStack } from "../support/shared-stack.ts";
import { waitFor } from "../support/wait-for.ts";
import { openScenario, type Scenario } from "./support/scenario.ts";
import { cancel, linesOf, linesOnceThere, noFolderLeft } from "./support/told.ts";

const stack = await sharedStack("prefect", "git");
let scenario: Scenario;
let file: string;
let gate: string;

beforeEach(async () => {
  scenario = await openScenario(stack);
  file = join(scenario.folder, "started");
  gate = join(scenario.folder, "gate");
});
afterEach(() => scenario.close());

/** A run whose flow has begun, and goes on when the gate is opened. */
async function begun(how: { runTags?: string[]; deploymentTags?: string[]; deaf?: boolean } = {}) {
  const deployment = await scenario.deployFixture("gated");
  await scenario.api.patch(`/deployments/${deployment}`, { tags: how.deploymentTags ?? [] });
  const run = await scenario.run(
    deployment,
    { file, gate, deaf: how.deaf ?? false },
    { tags: how.runTags ?? [] },
  );
  const [pid] = await linesOnceThere(file);
  await scenario.inState(run, "Running");
  return { run, pid: Number(pid) };
}

/** Sends a signal that does not count as the same key press as the last one. */
async function signalAgain(worker: RunningCli): Promise<void> {
  const last = performance.now();
  await waitFor(() => performance.now() - last > 150, { what: "another key press", everyMs: 10 });
  worker.process.kill("SIGTERM");
}

describe("a worker with --drain-seconds", () => {
  it("stops as soon as its runs have finished", async () => {
    const worker = await scenario.startWorker(["--drain-seconds", "600"]);
    const { run } = await begun();
    const stopped = worker.stop("SIGTERM");
    await worker.waitForOutput(/Waiting for 1 run/);
    writeFileSync(gate, "");
    expect((await stopped).code).toBe(0);
    expect((await scenario.read(run)).state_name).toBe("Completed");
    await noFolderLeft(scenario);
  });

  it("ends those that have not after that time, and reports them as Crashed", async () => {
    const worker = await scenario.startWorker(["--drain-seconds", "1"]);
    const { run, pid } = await begun();
    expect((await worker.stop("SIGTERM")).code).toBe(0);
    const { state_name, state } = await scenario.read(run);
    expect(state_name).toBe("Crashed");
    expect(state.message).toMatch(/worker was stopped.*did not finish within the 1 seconds/);
    expect(isRunning(pid)).toBe(false);
    await noFolderLeft(scenario);
    await scenario.log(run, /Add the tag 'idempotent' to a deployment whose runs may start anew/);
  });

  it("has the hooks called of those that it ends", async () => {
    const worker = await scenario.startWorker(["--drain-seconds", "1"]);
    const hooks = join(scenario.folder, "hooks");
    const run = await scenario.run(await scenario.deployFixture("hooked"), { file, hooks });
    await linesOnceThere(file);
    await scenario.inState(run, "Running");
    expect((await worker.stop("SIGTERM")).code).toBe(0);
    expect((await scenario.read(run)).state_name).toBe("Crashed");
    expect(linesOf(hooks).map((line) => line.split(" ")[1])).toEqual(["Running", "Crashed"]);
    await noFolderLeft(scenario);
  });

  it("ends a process that does not terminate when it is asked to", async () => {
    const worker = await scenario.startWorker([], { PREFECT_TS_WORKER_DRAIN_SECONDS: "1" });
    const { run, pid } = await begun({ deaf: true });
    expect((await worker.stop("SIGTERM")).code).toBe(0);
    expect(isRunning(pid)).toBe(false);
    expect((await scenario.read(run)).state_name).toBe("Crashed");
  });

  it.each<[string, { runTags?: string[]; deploymentTags?: string[] }, string[]]>([
    ["a run tagged idempotent", { runTags: ["idempotent"] }, []],
    ["a run of a deployment tagged idempotent", { deploymentTags: ["idempotent"] }, []],
    ["every run with --on-shutdown reschedule", {}, ["--on-shutdown", "reschedule"]],
  ])("schedules %s again, for another worker to run it once more", async (_, tags, args) => {
    const worker = await scenario.startWorker(["--drain-seconds", "1", ...args]);
    const { run, pid } = await begun(tags);
    expect((await worker.stop("SIGTERM")).code).toBe(0);
    expect(await scenario.read(run)).toMatchObject({ state_type: "SCHEDULED", infrastructure_pid: null });
    expect(isRunning(pid)).toBe(false);
    writeFileSync(gate, "");
    await scenario.startWorker();
    expect(await scenario.ended(run)).toMatchObject({ state_name: "Completed", run_count: 2 });
    expect(linesOf(file)).toHaveLength(2);
    await noFolderLeft(scenario);
  });

  it("crashes even these with --on-shutdown crash", async () => {
    const worker = await scenario.startWorker(["--drain-seconds", "1", "--on-shutdown", "crash"]);
    const { run } = await begun({ runTags: ["idempotent"] });
    expect((await worker.stop("SIGTERM")).code).toBe(0);
    expect((await scenario.read(run)).state_name).toBe("Crashed");
  });

  it("still cancels a run that a user cancels meanwhile", async () => {
    const worker = await scenario.startWorker(["--drain-seconds", "600"]);
    const { run } = await begun();
    const stopped = worker.stop("SIGTERM");
    await worker.waitForOutput(/Waiting for 1 run/);
    await cancel(scenario, run);
    expect((await stopped).code).toBe(0);
    expect((await scenario.read(run)).state_name).toBe("Cancelled");
  });
});

describe("a run that was scheduled again", () => {
  it("is Cancelled at once when it is cancelled before a worker has it", async () => {
    const worker = await scenario.startWorker(["--drain-seconds", "1"]);
    const { run } = await begun({ runTags: ["idempotent"] });
    await worker.stop("SIGTERM");
    await cancel(scenario, run);
    expect((await scenario.read(run)).state_name).toBe("Cancelled");
  });
});

describe("a third signal", () => {
  it("ends the worker at once, and a run that is still there goes on by itself to its end", async () => {
    const worker = await scenario.startWorker();
    const { run, pid } = await begun({ deaf: true });
    worker.process.kill("SIGTERM");
    await worker.waitForOutput(/Again cancels them/);
    await signalAgain(worker);
    await scenario.log(run, /asked to terminate, and does not/);
    await signalAgain(worker);
    expect((await worker.result).code).toBe(143);
    writeFileSync(gate, "");
    expect((await scenario.ended(run)).state_name).toBe("Completed");
    await waitFor(() => !isRunning(pid), { what: "the run's process has ended" });
    await noFolderLeft(scenario);
    expect(linesOf(file)).toHaveLength(1);
  });
});
