import { randomUUID } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, expect, it, vi } from "vitest";
import { suspendFlowRun } from "../../src/sdk/index.ts";
import { startFaultProxy } from "../support/fault-proxy.ts";
import { isRunning } from "../support/processes.ts";
import { sharedStack } from "../support/shared-stack.ts";
import { waitFor } from "../support/wait-for.ts";
import { openScenario, type RunView, type Scenario } from "./support/scenario.ts";
import { linesOnceThere } from "./support/told.ts";

const stack = await sharedStack("prefect", "git");
// The worker comes to the server by this one, so that it can be made deaf to events.
const proxy = await startFaultProxy({ target: stack.prefect.apiUrl });
let scenario: Scenario;
let deployment: string;
let file: string;
let gate: string;

beforeAll(async () => {
  scenario = await openScenario(stack);
  deployment = await scenario.deployFixture("suspendable");
  await scenario.startWorker([], {
    PREFECT_API_URL: proxy.url,
    PREFECT_WORKER_QUERY_SECONDS: "1",
    PREFECT_TS_WORKER_CANCEL_GRACE_SECONDS: "2",
  });
});
beforeEach(() => {
  file = join(scenario.folder, `started-${randomUUID()}`);
  gate = join(scenario.folder, `gate-${randomUUID()}`);
});
afterEach(() => vi.unstubAllEnvs());
afterAll(async () => {
  await proxy.resume();
  await scenario.close();
  await proxy.close();
});

const suspendedOnce = ["Scheduled", "Pending", "Running", "Suspended"];
const resumedOnce = [...suspendedOnce, "Resuming", "Pending", "Running", "Completed"];

/** Starts a run of `suspendable` and waits until its flow has begun. */
async function begun(more: Record<string, unknown> = {}): Promise<{ run: string; pid: number }> {
  const run = await scenario.run(deployment, { file, gate, ...more });
  const [pid] = await linesOnceThere(file);
  await scenario.inState(run, "Running");
  return { run, pid: Number(pid) };
}

const children = (run: string) =>
  scenario.api.post<RunView[]>("/flow_runs/filter", {
    flow_runs: { parent_flow_run_id: { any_: [run] } },
    sort: "START_TIME_ASC",
  });

/** What the UI's "Pause" sends. */
async function pressPause(run: string): Promise<void> {
  const state_details = {
    pause_timeout: new Date(Date.now() + 300_000).toISOString(),
    pause_reschedule: true,
    deferred: false,
    untrackable_result: false,
  };
  const state = { type: "PAUSED", name: "Suspended", state_details };
  await scenario.api.post(`/flow_runs/${run}/set_state`, { state, force: true });
}

const gone = (pid: number) => waitFor(() => !isRunning(pid), { what: `process ${pid} has ended` });

it("a run that is paused in the UI stops before its next task, in a subflow too, and goes on when it is resumed", async () => {
  const { run, pid } = await begun();
  await waitFor(async () => (await children(run))[0]?.state_name === "Running", {
    what: "the subflow run is Running",
  });
  await pressPause(run);
  await gone(pid);
  expect(await scenario.states(run)).toEqual(suspendedOnce);
  expect((await children(run)).map(({ state_name }) => state_name)).toEqual(["Cancelled"]);
  expect(await scenario.log(run, /was suspended/)).toContain("before its next task");
  writeFileSync(gate, "");
  await scenario.api.post(`/flow_runs/${run}/resume`, {});
  await scenario.ended(run);
  expect(await scenario.states(run)).toEqual(resumedOnce);
  expect((await children(run)).map(({ state_name }) => state_name)).toEqual(["Cancelled", "Completed"]);
});

it("a run that is resumed while its old process is still at work loses that process, and starts once", async () => {
  const { run, pid } = await begun({ deaf: true });
  vi.stubEnv("PREFECT_API_URL", stack.prefect.apiUrl);
  await suspendFlowRun({ flowRunId: run });
  await scenario.api.post(`/flow_runs/${run}/resume`, {});
  await gone(pid);
  expect(await linesOnceThere(file, 2)).toHaveLength(2);
  writeFileSync(gate, "");
  await scenario.ended(run);
  expect(await scenario.states(run)).toEqual(resumedOnce);
});

it("a suspension is found by the poll when the events socket is half-open", async () => {
  const { run, pid } = await begun();
  proxy.stall(/\/events\/out$/);
  await pressPause(run);
  await gone(pid);
  expect(await scenario.states(run)).toEqual(suspendedOnce);
});
