import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type FaultProxy, startFaultProxy } from "../support/fault-proxy.ts";
import { sharedStack } from "../support/shared-stack.ts";
import { waitFor } from "../support/wait-for.ts";
import { openScenario, type Scenario } from "./support/scenario.ts";
import { linesOf, linesOnceThere } from "./support/told.ts";

const stack = await sharedStack("prefect", "git");
let scenario: Scenario;
let proxy: FaultProxy;
let file: string;
let gate: string;

beforeEach(async () => {
  scenario = await openScenario(stack);
  proxy = await startFaultProxy({ target: stack.prefect.apiUrl });
  file = join(scenario.folder, "started");
  gate = join(scenario.folder, "gate");
});
afterEach(async () => {
  await scenario.close();
  await proxy.close();
});

const startWorker = (args: string[] = []) =>
  scenario.startWorker(args, { PREFECT_API_URL: proxy.url, PREFECT_WORKER_QUERY_SECONDS: "0.5" });

/** Waits until the worker has asked for runs so many times more. */
async function polls(more: number): Promise<void> {
  const count = () => proxy.requests.filter((line) => line.endsWith("/get_scheduled_flow_runs")).length;
  const before = count();
  await waitFor(() => count() >= before + more, { what: `${more} more polls` });
}

/** Makes a queue of the pool; the lower its priority, the earlier it is served. */
async function makeQueue(name: string, priority: number): Promise<void> {
  await scenario.api.post(`/work_pools/${scenario.pool}/queues`, { name, priority });
}

describe("a limit of one", () => {
  it.each([
    ["the pool", () => `/work_pools/${scenario.pool}`],
    ["a queue", () => `/work_pools/${scenario.pool}/queues/default`],
  ])("of %s lets the second run wait until the first has ended", async (_, path) => {
    await scenario.api.patch(path(), { concurrency_limit: 1 });
    await startWorker();
    const deployment = await scenario.deployFixture("gated");
    const first = await scenario.run(deployment, { file, gate });
    await linesOnceThere(file);
    const second = await scenario.run(deployment, { file, gate });
    await polls(2);
    expect((await scenario.read(second)).state_type).toBe("SCHEDULED");
    writeFileSync(gate, "");
    for (const run of [first, second]) expect((await scenario.ended(run)).state_name).toBe("Completed");
    expect(linesOf(file)).toHaveLength(2);
  });
});

describe("work queues", () => {
  it("are served by priority", async () => {
    await makeQueue("low", 3);
    await makeQueue("high", 1);
    const deployment = await scenario.deployFixture("counts");
    const low = await scenario.run(deployment, { file }, { work_queue_name: "low" });
    const high = await scenario.run(deployment, { file }, { work_queue_name: "high" });
    await startWorker(["--limit", "1"]);
    for (const run of [low, high]) await scenario.ended(run);
    expect(linesOf(file)).toEqual([high, low]);
  });

  it("that a worker was not told to serve are left to others", async () => {
    await makeQueue("low", 3);
    await makeQueue("high", 1);
    const deployment = await scenario.deployFixture("counts");
    const low = await scenario.run(deployment, { file }, { work_queue_name: "low" });
    const high = await scenario.run(deployment, { file }, { work_queue_name: "high" });
    await startWorker(["--work-queue", "low"]);
    expect((await scenario.ended(low)).state_name).toBe("Completed");
    await polls(2);
    expect((await scenario.read(high)).state_type).toBe("SCHEDULED");
    await scenario.startWorker(["--work-queue", "default", "--work-queue", "high"]);
    expect((await scenario.ended(high)).state_name).toBe("Completed");
    expect(linesOf(file)).toEqual([low, high]);
  });

  it("that are paused keep their runs, while others are served", async () => {
    await makeQueue("paused", 1);
    const deployment = await scenario.deployFixture("counts");
    await scenario.api.patch(`/work_pools/${scenario.pool}/queues/paused`, { is_paused: true });
    await startWorker();
    const waiting = await scenario.run(deployment, { file }, { work_queue_name: "paused" });
    const running = await scenario.run(deployment, { file });
    await scenario.ended(running);
    await polls(2);
    expect((await scenario.read(waiting)).state_type).toBe("SCHEDULED");
    await scenario.api.patch(`/work_pools/${scenario.pool}/queues/paused`, { is_paused: false });
    expect((await scenario.ended(waiting)).state_name).toBe("Completed");
    expect(linesOf(file)).toEqual([running, waiting]);
  });
});

describe("a pool that is deleted and made anew", () => {
  it("has its runs noticed by the worker that was there before", { timeout: 120_000 }, async () => {
    const { api, pool } = scenario;
    // Events alone can tell it of the run in time.
    const slow = { PREFECT_WORKER_QUERY_SECONDS: "600", PREFECT_WORKER_HEARTBEAT_SECONDS: "1" };
    const worker = await scenario.startWorker([], slow);
    await api.delete(`/work_pools/${pool}`);
    await worker.waitForOutput(/could not be read|Heartbeat failed/, 60_000);
    await api.post("/work_pools/", { name: pool, type: "process" });
    const heartbeat = async () => {
      const [found] = await api.post<{ last_heartbeat_time: string }[]>(`/work_pools/${pool}/workers/filter`);
      return found?.last_heartbeat_time;
    };
    const first = await waitFor(heartbeat, { what: "a heartbeat in the new pool", timeoutMs: 60_000 });
    // Between two heartbeats it has read the pool.
    await waitFor(async () => (await heartbeat()) !== first, { what: "another one", timeoutMs: 60_000 });
    const run = await scenario.run(await scenario.deployFixture("counts"), { file });
    expect((await scenario.ended(run)).state_name).toBe("Completed");
  });
});
