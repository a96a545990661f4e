import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { runCli } from "../support/cli.ts";
import { startFaultProxy } from "../support/fault-proxy.ts";
import { isRunning } from "../support/processes.ts";
import { sharedStack } from "../support/shared-stack.ts";
import { waitFor } from "../support/wait-for.ts";
import { openScenario, type Scenario } from "./support/scenario.ts";
import { cancel, linesOf, linesOnceThere, noFolderLeft } from "./support/told.ts";

const stack = await sharedStack("prefect", "git");
let scenario: Scenario;
let file: string;
let hooks: string;

beforeEach(async () => {
  scenario = await openScenario(stack);
  file = join(scenario.folder, "started");
  hooks = join(scenario.folder, "hooks");
});
afterEach(() => scenario.close());

const startWorker = (env: Record<string, string> = {}) =>
  scenario.startWorker([], { PREFECT_TS_WORKER_CANCEL_GRACE_SECONDS: "2", ...env });

/** Starts a run of a fixture and waits until its flow has begun; gives the run and its process. */
async function begun(
  fixture: string,
  parameters: Record<string, string> = {},
): Promise<{ run: string; pid: number }> {
  const run = await scenario.run(await scenario.deployFixture(fixture), { file, ...parameters });
  const [pid] = await linesOnceThere(file);
  await scenario.inState(run, "Running");
  return { run, pid: Number(pid) };
}

/** Cancels a run, as the UI does unless told otherwise, and waits for its end and its process's. */
async function cancelled(
  { run, pid }: { run: string; pid: number },
  ask: () => unknown = () => cancel(scenario, run),
): Promise<void> {
  await ask();
  expect((await scenario.ended(run)).state_name).toBe("Cancelled");
  await waitFor(() => !isRunning(pid), { what: "the run's process has ended" });
  await noFolderLeft(scenario);
  expect(await scenario.states(run)).toEqual(["Scheduled", "Pending", "Running", "Cancelling", "Cancelled"]);
}

describe("a run that is cancelled", () => {
  it("has the time to put things in order in its finally", async () => {
    await startWorker();
    await cancelled(await begun("cleans-up"));
    expect(linesOf(file)[1]).toBe("cleaned up");
  });

  it("is ended after the grace when it ignores its signal", async () => {
    await startWorker();
    await cancelled(await begun("ignores"));
  });

  it("is killed when it lets nothing else have a turn, and its hook runs once, in a process of its own", async () => {
    await startWorker();
    const { run, pid } = await begun("loops", { hooks });
    await cancelled({ run, pid });
    const lines = await linesOnceThere(hooks);
    expect(lines).toEqual([expect.stringMatching(/^\d+ Cancelled$/)]);
    expect(lines[0]).not.toContain(String(pid));
  });

  it("may be cancelled from the command line while it runs", async () => {
    await startWorker();
    const started = await begun("cleans-up");
    await cancelled(started, async () => {
      const { code, stdout, stderr } = await runCli(["flow-run", "cancel", started.run], { env: stack.env });
      expect(stdout + stderr).toContain("successfully scheduled for cancellation");
      expect(code).toBe(0);
    });
    expect(linesOf(file)[1]).toBe("cleaned up");
  });

  it("leaves none of the processes that it started", async () => {
    await startWorker();
    const { run, pid } = await begun("spawns");
    const pids = (await linesOnceThere(file, 3)).map(Number);
    await cancelled({ run, pid });
    await waitFor(() => pids.every((one) => !isRunning(one)), { what: "its children have ended" });
  });

  it("has its hook run once, in its own process, where that can still do it", async () => {
    await startWorker();
    const { run, pid } = await begun("hooked", { hooks });
    await cancelled({ run, pid });
    expect(linesOf(hooks)).toEqual([`${pid} Running`, `${pid} Cancelled`]);
  });

  it("is found by the poll when the events socket is half-open", async () => {
    const proxy = await startFaultProxy({ target: stack.prefect.apiUrl });
    try {
      await startWorker({ PREFECT_API_URL: proxy.url, PREFECT_WORKER_QUERY_SECONDS: "1" });
      const started = await begun("cleans-up");
      proxy.stall(/\/events\/out$/);
      await cancelled(started);
    } finally {
      await scenario.close();
      await proxy.close();
      scenario = await openScenario(stack);
    }
  });
});

describe("a run that is cancelled before its flow has begun", () => {
  it("never starts when it is still Scheduled", async () => {
    const run = await scenario.run(await scenario.deployFixture("counts"), { file });
    await cancel(scenario, run);
    await startWorker();
    const next = await scenario.run(await scenario.deployFixture("counts"), { file });
    await scenario.ended(next);
    expect((await scenario.read(run)).state_name).toBe("Cancelled");
    expect(linesOf(file)).toEqual([next]);
  });

  it.each(["Cancelling", "Cancelled"])("never starts when it is Pending (%s)", async (name) => {
    const gate = join(scenario.folder, "gate");
    const loading = join(scenario.folder, "loading");
    await startWorker({ PREFECT_WORKER_QUERY_SECONDS: "1", PREFECT_TS_WORKER_CANCEL_GRACE_SECONDS: "20" });
    const run = await scenario.run(
      await scenario.deployFixture("slow-to-load"),
      {},
      { job_variables: { env: { GATE: gate, STARTED: file, LOADING: loading } } },
    );
    const [pid] = (await linesOnceThere(loading)).map(Number);
    await scenario.inState(run, "Pending");
    await scenario.api.post(`/flow_runs/${run}/set_state`, {
      state: { type: name.toUpperCase(), name },
      force: true,
    });
    await scenario.log(run, /being cancelled/);
    writeFileSync(gate, "");
    expect((await scenario.ended(run)).state_name).toBe("Cancelled");
    await waitFor(() => !isRunning(pid ?? 0), { what: "the run's process has ended" });
    await noFolderLeft(scenario);
    expect(linesOf(file)).toEqual([]);
    expect(await scenario.states(run)).not.toContain("Running");
  });
});

describe("a run whose process was killed", () => {
  it("has its onCrashed hook run exactly once, in a process of its own", async () => {
    await startWorker();
    const { run, pid } = await begun("hooked", { hooks });
    process.kill(pid, "SIGKILL");
    expect((await scenario.ended(run)).state_name).toBe("Crashed");
    await noFolderLeft(scenario);
    const lines = linesOf(hooks);
    expect(lines).toEqual([`${pid} Running`, expect.stringMatching(/^\d+ Crashed$/)]);
    expect(lines[1]).not.toContain(String(pid));
  });
});
