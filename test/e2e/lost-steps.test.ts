import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from "vitest";
import type { RunningCli } from "../support/cli.ts";
import { type FaultProxy, startFaultProxy } from "../support/fault-proxy.ts";
import { sharedStack } from "../support/shared-stack.ts";
import { type StateProxy, startStateProxy } from "../support/state-proxy.ts";
import { waitFor } from "../support/wait-for.ts";
import { impatient } from "./support/impatient.ts";
import { openScenario, type Scenario } from "./support/scenario.ts";
import { linesOf, linesOnceThere, noFolderLeft } from "./support/told.ts";

// What lies between the proposals of runner-steps.test.ts: a worker is killed, or cut off, at other steps of its runs.
const stack = await sharedStack("prefect", "git");
let scenario: Scenario;
let file: string;
let gate: string;

beforeEach(async () => {
  scenario = await openScenario(stack);
  file = join(scenario.folder, "file");
  gate = join(scenario.folder, "gate");
});
afterEach(() => scenario.close());

const startWorker = (name: string, env: Record<string, string> = {}) =>
  scenario.startWorker(["--name", name], { ...impatient, ...env });

async function faultProxy(): Promise<FaultProxy> {
  const proxy = await startFaultProxy({ target: stack.prefect.apiUrl });
  onTestFinished(() => proxy.close());
  return proxy;
}

const asked = (proxy: FaultProxy, path: string) =>
  proxy.requests.filter((line) => line.endsWith(path)).length;

/** Waits until a worker has asked so many times more for something. */
async function askedAgain(proxy: FaultProxy, path: string, times: number): Promise<void> {
  const before = asked(proxy, path);
  const what = `${path} is asked for ${times} times more`;
  await waitFor(() => asked(proxy, path) >= before + times, { what, timeoutMs: 60_000 });
}

/** Waits until the server knows which process runs it. */
async function labelled(run: string): Promise<void> {
  const known = async () => {
    const { labels } = await scenario.api.get<{ labels: Record<string, string> }>(`/flow_runs/${run}`);
    return labels["prefect-ts.process"];
  };
  await waitFor(known, { what: "the run has the label of its process", timeoutMs: 60_000 });
}

/** From now on the run is one of another machine, for all who look at it. */
async function elsewhere(run: string): Promise<void> {
  await labelled(run);
  const marks = {
    "prefect-ts.process": "elsewhere/pid/1/1",
    "prefect-ts.worker-process": "elsewhere/pid/2/2",
  };
  await scenario.api.patch(`/flow_runs/${run}/labels`, marks);
}

async function kill(worker: RunningCli, ...pids: number[]): Promise<void> {
  for (const pid of pids) process.kill(pid, "SIGKILL");
  worker.process.kill("SIGKILL");
  await worker.result;
}

/** A run whose flow has begun, and waits for the gate; gives it and its process. */
async function begun(): Promise<{ run: string; pid: number }> {
  const run = await scenario.run(await scenario.deployFixture("gated"), { file, gate });
  const [pid] = (await linesOnceThere(file, 1, 60_000)).map(Number);
  await labelled(run);
  return { run, pid: pid ?? 0 };
}

describe("a worker that is killed while its runs", () => {
  it("are configured, prepared, or wait for their retry: each comes to its end, and begins once", async () => {
    const proxy = await faultProxy();
    proxy.stall(/\/variables\/name\//);
    const one = await startWorker("one", { PREFECT_API_URL: proxy.url });
    const configured = await beingConfigured(proxy);
    const prepared = await beingPrepared();
    const waiting = await waitingForRetry();
    await kill(one, waiting.pid);
    await waiting.due();
    const seen = await faultProxy();
    // The server keeps an event a few seconds before it can be found: a run may be silent for 20 here.
    await startWorker("two", { PREFECT_API_URL: seen.url, PREFECT_FLOWS_HEARTBEAT_FREQUENCY: "8" });

    const { state_name, state } = await scenario.ended(configured, 90_000);
    expect([state_name, state.message]).toEqual([
      "Crashed",
      expect.stringMatching(/Worker 'one', which ran it, is gone: neither it nor the run's process/),
    ]);
    expect(existsSync(file)).toBe(false);
    expect(await scenario.ended(waiting.run, 90_000)).toMatchObject({
      state_name: "Completed",
      run_count: 2,
    });
    expect(linesOf(waiting.file)).toHaveLength(2);
    // The server has taken the worker for gone by now, and the process tells that it is at work.
    await askedAgain(seen, "/events/filter", 4);
    expect((await scenario.read(prepared.run)).state_name).toBe("Pending");
    writeFileSync(gate, "");
    expect((await scenario.ended(prepared.run, 90_000)).state_name).toBe("Completed");
    expect(linesOf(prepared.started)).toHaveLength(1);
    await noFolderLeft(scenario);
  });

  /** A run that was claimed, and whose job waits for a variable. */
  async function beingConfigured(proxy: FaultProxy): Promise<string> {
    const env = { VALUE: "{{ prefect.variables.never_answered }}" };
    const deployment = await scenario.deployFixture("counts");
    const run = await scenario.run(deployment, { file }, { job_variables: { env } });
    await waitFor(() => asked(proxy, "/variables/name/never_answered") > 0, {
      what: "the variable is asked for",
    });
    await scenario.inState(run, "Pending");
    return run;
  }

  /** A run that was claimed, and whose flow is being loaded. */
  async function beingPrepared(): Promise<{ run: string; started: string }> {
    const started = join(scenario.folder, "started");
    const env = { GATE: gate, STARTED: started, LOADING: join(scenario.folder, "loading") };
    const run = await scenario.run(
      await scenario.deployFixture("slow-to-load"),
      {},
      { job_variables: { env } },
    );
    await linesOnceThere(env.LOADING, 1, 60_000);
    await elsewhere(run);
    return { run, started };
  }

  /** A run that waits in its process for its retry; `due` puts that forward to now. */
  async function waitingForRetry() {
    const tries = join(scenario.folder, "tries");
    const run = await scenario.run(await scenario.deployFixture("retries-later"), { file: tries });
    const [pid] = (await linesOnceThere(tries, 1, 60_000)).map(Number);
    await scenario.inState(run, "AwaitingRetry");
    await labelled(run);
    const due = () => {
      const state_details = { scheduled_time: new Date().toISOString() };
      const state = { type: "SCHEDULED", name: "AwaitingRetry", state_details };
      return scenario.api.post(`/flow_runs/${run}/set_state`, { state, force: true });
    };
    return { run, pid: pid ?? 0, file: tries, due };
  }
});

describe("behind a proxy that knows its proposals, a worker that", () => {
  let proxy: StateProxy;
  beforeEach(async () => {
    proxy = await startStateProxy(stack.prefect.apiUrl);
  });
  afterEach(() => proxy.close());

  it("is killed when its run waits for a retry: the run's process tries again by itself", async () => {
    const worker = await startWorker("one", { PREFECT_API_URL: proxy.url });
    proxy.next("FAILED", "answered", () => {
      worker.process.kill("SIGKILL");
      return undefined;
    });
    const run = await scenario.run(await scenario.deployFixture("flow-retries"), { file });
    expect(await scenario.ended(run)).toMatchObject({ state_name: "Completed", run_count: 2 });
    await worker.result;
    await noFolderLeft(scenario);
  });

  it("is killed between its run's exit and the report of it: another worker reports it", async () => {
    const worker = await startWorker("one", { PREFECT_API_URL: proxy.url });
    const { run, pid } = await begun();
    proxy.next("CRASHED", "asked", () => {
      worker.process.kill("SIGKILL");
      return "break";
    });
    process.kill(pid, "SIGKILL");
    await worker.result;
    expect((await scenario.read(run)).state_name).toBe("Running");
    await startWorker("two");
    const { state_name, state } = await scenario.ended(run);
    expect([state_name, state.message]).toEqual([
      "Crashed",
      "Worker 'one', which ran it, is gone, and so is the run's process.",
    ]);
    await noFolderLeft(scenario);
  });

  it("cannot report its run's exit reports it later", async () => {
    await startWorker("one", { PREFECT_API_URL: proxy.url });
    const { run, pid } = await begun();
    proxy.next("CRASHED", "asked", () => ({ status: 422 }));
    process.kill(pid, "SIGKILL");
    const { state_name, state } = await scenario.ended(run);
    expect([state_name, state.message]).toEqual([
      "Crashed",
      "Worker 'one', which ran it, could not tell its end, and the run's process is gone.",
    ]);
  });
});

describe("a worker that has not been in contact with the server for three heartbeats", () => {
  it("takes nobody on another machine for gone", async () => {
    const proxy = await faultProxy();
    await startWorker("one", { PREFECT_API_URL: proxy.url });
    const { run } = await begun();
    await elsewhere(run);
    // The server hears nothing of worker and run, as after an outage of its own.
    await proxy.refuse();
    const seen = await faultProxy();
    // Of the same name: so it does not matter whether the server knows already that the other one is silent.
    await startWorker("one", { PREFECT_API_URL: seen.url, PREFECT_WORKER_HEARTBEAT_SECONDS: "60" });
    await askedAgain(seen, "/flow_runs/filter", 8);
    expect((await scenario.read(run)).state_name).toBe("Running");
    await proxy.resume();
    writeFileSync(gate, "");
    expect(await scenario.ended(run, 90_000)).toMatchObject({ state_name: "Completed", run_count: 1 });
    expect(linesOf(file)).toHaveLength(1);
    await noFolderLeft(scenario);
  });
});
