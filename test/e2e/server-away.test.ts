import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type Stack, startStack } from "../../dev/stack/index.ts";
import { type FaultProxy, startFaultProxy } from "../support/fault-proxy.ts";
import { sharedStack } from "../support/shared-stack.ts";
import { type StateProxy, startStateProxy } from "../support/state-proxy.ts";
import { waitFor } from "../support/wait-for.ts";
import { openScenario, type Scenario } from "./support/scenario.ts";
import { linesOf, linesOnceThere, noFolderLeft } from "./support/told.ts";

const shared = await sharedStack("prefect", "git");
const usual = ["Scheduled", "Pending", "Running", "Completed"];
let scenario: Scenario;
let file: string;
let gate: string;

async function open(stack: typeof shared): Promise<void> {
  scenario = await openScenario(stack);
  file = join(scenario.folder, "started");
  gate = join(scenario.folder, "gate");
}

/** Opens the gate for a run of steps, and expects every step of it on the server, once. */
async function expectEveryStep(run: string): Promise<void> {
  writeFileSync(gate, "");
  expect((await scenario.ended(run, 60_000)).state_name).toBe("Completed");
  expect(await scenario.states(run)).toEqual(usual);
  const numbers = linesOf(file);
  expect(new Set(numbers).size).toBe(numbers.length);
  const steps = async () => (await allMessages(run)).filter((text) => /^step \d+$/.test(text));
  // Many logs come after the end, which they would hold up.
  await expect.poll(steps, { timeout: 30_000, interval: 250 }).toEqual(numbers.map((one) => `step ${one}`));
  const count = (type: string) =>
    scenario.api.post<number>("/task_runs/count", {
      flow_runs: { id: { any_: [run] } },
      task_runs: { state: { type: { any_: [type] } } },
    });
  await waitFor(async () => (await count("COMPLETED")) === numbers.length, {
    what: `${numbers.length} task runs are Completed`,
  });
  expect((await count("RUNNING")) + (await count("PENDING"))).toBe(0);
}

async function allMessages(run: string): Promise<string[]> {
  const found: string[] = [];
  for (let size = -1; size !== found.length; ) {
    size = found.length;
    const logs = { flow_run_id: { any_: [run] } };
    const page = { logs, sort: "TIMESTAMP_ASC", limit: 200, offset: size };
    found.push(
      ...(await scenario.api.post<{ message: string }[]>("/logs/filter", page)).map((log) => log.message),
    );
  }
  return found;
}

/** Milliseconds without a server: more than the minute for which most requests are tried again. */
const OUTAGE = 65_000;
let own: Stack<"prefect">;
let away: { scenario: Scenario; file: string; gate: string; since: number; steps: string; killed: string };

// The server goes away here and comes back in the last test: what lies between shares the minute.
beforeAll(async () => {
  own = await startStack({ services: ["prefect"] });
  await open({ ...shared, prefect: own.prefect, env: { ...shared.env, ...own.env } });
  await scenario.startWorker(["--name", "first"]);
  const started = join(scenario.folder, "process");
  const killed = await scenario.run(await scenario.deployFixture("waits"), { seconds: 3_600, file: started });
  const steps = await scenario.run(await scenario.deployFixture("steps"), { file, gate, seconds: 1 });
  const [pid] = (await linesOnceThere(started)).map(Number);
  await linesOnceThere(file, 2);
  for (const run of [killed, steps]) await scenario.inState(run, "Running");
  await own.prefect.stop();
  process.kill(pid ?? 0, "SIGKILL");
  away = { scenario, file, gate, since: performance.now(), steps, killed };
}, 300_000);
afterAll(async () => {
  await away?.scenario.close();
  await own?.close();
}, 120_000);

describe("behind a proxy that makes faults,", () => {
  let proxy: StateProxy;
  beforeEach(async () => {
    await open(shared);
    proxy = await startStateProxy(shared.prefect.apiUrl);
  });
  afterEach(async () => {
    await scenario.close();
    await proxy.close();
  });

  const counted = async () => {
    await scenario.startWorker([], { PREFECT_API_URL: proxy.url, PREFECT_WORKER_QUERY_SECONDS: "1" });
    const run = await scenario.run(await scenario.deployFixture("counts"), { file });
    await scenario.ended(run);
    expect(await scenario.states(run)).toEqual(usual);
    expect(linesOf(file)).toEqual([run]);
    await noFolderLeft(scenario);
    return run;
  };

  it("503, 500 and 429 to each proposal are outwaited, and Retry-After is honoured", async () => {
    for (const type of ["PENDING", "RUNNING", "COMPLETED"]) {
      for (const status of [503, 500]) proxy.next(type, "asked", () => ({ status }));
      proxy.next(type, "asked", () => ({ status: 429, headers: { "retry-after": "2" } }));
    }
    await counted();
    for (const type of ["PENDING", "RUNNING", "COMPLETED"]) {
      const [, , refused, accepted] = proxy.proposals.filter((one) => one.type === type).map(({ at }) => at);
      expect((accepted ?? 0) - (refused ?? 0)).toBeGreaterThanOrEqual(1_990);
    }
  });

  it.each(["PENDING", "RUNNING", "COMPLETED"])("a lost answer to %s does no harm", async (type) => {
    proxy.next(type, "answered", () => "break");
    await counted();
    expect(proxy.proposals.filter((one) => one.type === type)).toHaveLength(2);
  });

  it("a server error after the state was made does no harm", async () => {
    for (const type of ["PENDING", "RUNNING", "COMPLETED"])
      proxy.next(type, "answered", () => ({ status: 500 }));
    await counted();
  });
});

describe("sockets that fail", () => {
  let proxy: FaultProxy;
  beforeEach(async () => {
    await open(shared);
    proxy = await startFaultProxy({ target: shared.prefect.apiUrl });
  });
  afterEach(async () => {
    await scenario.close();
    await proxy.close();
  });
  const startWorker = (querySeconds: number) =>
    scenario.startWorker([], {
      PREFECT_API_URL: proxy.url,
      PREFECT_WORKER_QUERY_SECONDS: String(querySeconds),
    });
  const counted = async () => {
    const run = await scenario.run(await scenario.deployFixture("counts"), { file });
    expect((await scenario.ended(run)).state_name).toBe("Completed");
    expect(linesOf(file)).toEqual([run]);
  };
  const openings = (path: string) => proxy.requests.filter((line) => line.endsWith(path)).length;

  it("while no event comes through, runs are found by the poll", async () => {
    await startWorker(1);
    await waitFor(() => openings("/events/out") === 1, { what: "the events socket is opened" });
    proxy.stall(/\/events\/out$/);
    await counted();
  });

  it("a socket that was cut is opened again, and runs are noticed at once", async () => {
    await startWorker(600);
    await waitFor(() => openings("/events/out") === 1, { what: "the events socket is opened" });
    proxy.cut(/\/events\/out$/);
    await waitFor(() => openings("/events/out") === 2, { what: "the events socket is opened again" });
    await counted();
  });

  it.each(["cut", "half-open"])(
    "no task run is lost when the socket for them is %s in mid-run",
    async (how) => {
      await startWorker(1);
      const run = await scenario.run(await scenario.deployFixture("steps"), { file, gate });
      for (const round of [1, 2, 3]) {
        await linesOnceThere(file, round * 8);
        if (how === "cut") proxy.cut(/\/events\/in$/);
        else proxy.stall(/\/events\/in$/);
      }
      if (how === "half-open") {
        await linesOnceThere(file, 30);
        proxy.cut(/\/events\/in$/);
        await proxy.resume();
      }
      await expectEveryStep(run);
    },
  );
});

describe("a server that was away for more than a minute", () => {
  it("loses nothing of a run under way, the end of one that ended meanwhile, nor the runs that come later", {
    timeout: 300_000,
  }, async () => {
    ({ scenario, file, gate } = away);
    const starting = scenario.startWorker(["--name", "second"]);
    await waitFor(() => performance.now() - away.since > OUTAGE, {
      what: "the server has been away for long",
      timeoutMs: 2 * OUTAGE,
      everyMs: 500,
    });
    expect(linesOf(file).length).toBeGreaterThan(10);
    await own.prefect.start();
    // It has waited for the server, too.
    await starting;
    await expectEveryStep(away.steps);
    const { state_name, state } = await scenario.ended(away.killed);
    expect([state_name, state.message]).toEqual(["Crashed", expect.stringMatching(/ended by SIGKILL/)]);
    await scenario.log(away.killed, /memory limit/);
    const counted = join(scenario.folder, "counted");
    const next = await scenario.run(await scenario.deployFixture("counts"), { file: counted });
    expect((await scenario.ended(next)).state_name).toBe("Completed");
    expect(linesOf(counted)).toEqual([next]);
    await noFolderLeft(scenario);
  });
});
