import { randomUUID } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from "vitest";
import type { RunningCli } from "../support/cli.ts";
import { type FaultProxy, startFaultProxy } from "../support/fault-proxy.ts";
import { isRunning } from "../support/processes.ts";
import { sharedStack } from "../support/shared-stack.ts";
import { waitFor } from "../support/wait-for.ts";
import { openScenario, type Scenario } from "./support/scenario.ts";
import { cancel, linesOf, linesOnceThere, noFolderLeft } from "./support/told.ts";

const stack = await sharedStack("prefect", "git");
/** Seconds between two looks for lost runs, and the least age of one. */
const LOOK = 2;
let scenario: Scenario;
let proxy: FaultProxy;
let gate: string;

beforeEach(async () => {
  scenario = await openScenario(stack);
  proxy = await startFaultProxy({ target: stack.prefect.apiUrl });
  gate = join(scenario.folder, "gate");
});
afterEach(async () => {
  await scenario.close();
  await proxy.close();
});

const startWorker = (name: string, env: Record<string, string> = {}) =>
  scenario.startWorker(["--name", name], {
    PREFECT_TS_WORKER_LOST_RUNS_SECONDS: String(LOOK),
    PREFECT_WORKER_QUERY_SECONDS: "1",
    ...env,
  });

/** Starts a run that waits for the gate; gives it and its process. */
async function begun(deployment: string, name: string, tags: string[] = []) {
  const file = join(scenario.folder, name);
  const run = await scenario.run(deployment, { file, gate }, { tags });
  const [pid] = (await linesOnceThere(file)).map(Number);
  await labelled(run);
  return { run, pid: pid ?? 0, file };
}

/** Waits until the server knows which process runs it. */
async function labelled(run: string): Promise<void> {
  await waitFor(
    async () => {
      const { labels } = await scenario.api.get<{ labels: Record<string, string> }>(`/flow_runs/${run}`);
      return labels["prefect-ts.process"];
    },
    { what: "the run has the label of its process" },
  );
}

async function kill(worker: RunningCli, ...pids: number[]): Promise<void> {
  for (const pid of pids) process.kill(pid, "SIGKILL");
  worker.process.kill("SIGKILL");
  await worker.result;
}

describe("a worker that is killed while its runs are under way", () => {
  it("leaves them to end by themselves, also when they are cancelled, and no replica touches them", async () => {
    const worker = await startWorker("one");
    const deployment = await scenario.deployFixture("gated");
    const ends = await begun(deployment, "ends");
    const isCancelled = await begun(deployment, "cancelled");
    await startWorker("two", { PREFECT_API_URL: proxy.url });
    await kill(worker);
    const killed = performance.now();
    const looks = () => proxy.requests.filter((line) => line === "POST /api/flow_runs/filter").length;
    await waitFor(() => performance.now() - killed > LOOK * 1000, { what: "the runs are no longer young" });
    const before = looks();
    await waitFor(() => looks() >= before + 2, { what: "the replica has looked for lost runs twice" });

    await cancel(scenario, isCancelled.run);
    expect((await scenario.ended(isCancelled.run)).state_name).toBe("Cancelled");
    expect((await scenario.read(ends.run)).state_name).toBe("Running");
    writeFileSync(gate, "");
    expect(await scenario.ended(ends.run)).toMatchObject({ state_name: "Completed", run_count: 1 });
    await scenario.log(ends.run, /through the gate/);
    for (const { pid, file } of [ends, isCancelled]) {
      await waitFor(() => !isRunning(pid), { what: "the run's process has ended" });
      expect(linesOf(file)).toHaveLength(1);
    }
    await noFolderLeft(scenario);
  });
});

describe("runs of a worker that is killed together with their processes", () => {
  it.each([
    ["another replica", "two"],
    ["the same worker, started again", "one"],
  ])("are given up by %s, each as it should be", async (_, name) => {
    const worker = await startWorker("one");
    const deployment = await scenario.deployFixture("gated");
    const crashes = await begun(deployment, "crashes");
    const again = await begun(deployment, "again", ["idempotent"]);
    const isCancelled = await begun(deployment, "cancelled");
    const { run: pending, pid: loading } = await pendingRun();
    const foreign = await runOfAnotherKind(deployment);
    await kill(worker, crashes.pid, again.pid, isCancelled.pid, loading);
    await cancel(scenario, isCancelled.run);
    writeFileSync(gate, "");
    await startWorker(name);

    const gone = /Worker 'one', which ran it, is gone, and so is the run's process/;
    for (const run of [crashes.run, pending]) {
      const { state_name, state } = await scenario.ended(run);
      expect([state_name, state.message]).toEqual(["Crashed", expect.stringMatching(gone)]);
      await scenario.log(run, gone);
    }
    expect((await scenario.ended(isCancelled.run)).state_name).toBe("Cancelled");
    expect(await scenario.ended(again.run)).toMatchObject({ state_name: "Completed", run_count: 2 });
    expect(linesOf(again.file)).toHaveLength(2);
    for (const { file } of [crashes, isCancelled]) expect(linesOf(file)).toHaveLength(1);
    expect((await scenario.read(foreign)).state_name).toBe("Running");
    await noFolderLeft(scenario);
  });
});

describe("a Pending run of a worker of the same name on another machine", () => {
  it("is left alone while that worker tells that it is at work on it, and is given up afterwards", async () => {
    const run = await claimedElsewhere("one");
    const beating = setInterval(() => void beat(run).catch(() => undefined), 500);
    onTestFinished(() => clearInterval(beating));
    await startWorker("one", {
      PREFECT_API_URL: proxy.url,
      PREFECT_WORKER_HEARTBEAT_SECONDS: "1",
      // A run may be silent for 2.5 of these; the server keeps an event for some seconds before it can be found.
      PREFECT_FLOWS_HEARTBEAT_FREQUENCY: "5",
    });
    // As many looks as take it past the time for which a state counts as fresh.
    const looks = () => proxy.requests.filter((line) => line === "POST /api/events/filter").length;
    await waitFor(() => looks() >= 3, { what: "the worker has looked for heartbeats three times" });
    expect((await scenario.read(run)).state_name).toBe("Pending");
    clearInterval(beating);
    const { state_name, state } = await scenario.ended(run);
    expect(state_name).toBe("Crashed");
    expect(state.message).toMatch(/neither it nor the run's process has been heard of/);
  });
});

/** A run that a worker has claimed on a machine that cannot be seen from here. */
async function claimedElsewhere(worker: string): Promise<string> {
  const run = await scenario.run(await scenario.deployFixture("gated"));
  const state = { type: "PENDING", name: "Pending", message: `Claimed by worker '${worker}' (0123abcd)` };
  await scenario.api.post(`/flow_runs/${run}/set_state`, { state });
  return run;
}

/** What the worker of a run that is being made ready tells. */
function beat(run: string): Promise<unknown> {
  const resource = { "prefect.resource.id": `prefect.flow-run.${run}` };
  const event = { event: "prefect.flow-run.heartbeat", occurred: new Date().toISOString(), resource };
  return scenario.api.post("/events", [{ id: randomUUID(), related: [], payload: {}, ...event }]);
}

/** A run that was claimed, and whose flow is still being loaded. */
async function pendingRun(): Promise<{ run: string; pid: number }> {
  const env = {
    GATE: join(scenario.folder, "never"),
    STARTED: "",
    LOADING: join(scenario.folder, "loading"),
  };
  const deployment = await scenario.deployFixture("slow-to-load");
  const run = await scenario.run(deployment, {}, { job_variables: { env } });
  const [pid] = (await linesOnceThere(env.LOADING)).map(Number);
  await labelled(run);
  return { run, pid: pid ?? 0 };
}

/** A run that a worker for Python has in its hands: Running, without a label of ours. */
async function runOfAnotherKind(deployment: string): Promise<string> {
  const scheduled_time = new Date(Date.now() + 3_600_000).toISOString();
  const later = { type: "SCHEDULED", name: "Scheduled", state_details: { scheduled_time } };
  const run = await scenario.run(deployment, {}, { state: later });
  for (const [type, name] of [
    ["PENDING", "Pending"],
    ["RUNNING", "Running"],
  ]) {
    await scenario.api.post(`/flow_runs/${run}/set_state`, { state: { type, name }, force: true });
  }
  return run;
}
