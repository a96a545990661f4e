import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { RunningCli } from "../support/cli.ts";
import { sharedStack } from "../support/shared-stack.ts";
import { waitFor } from "../support/wait-for.ts";
import { openScenario, type Scenario } from "./support/scenario.ts";
import { linesOf, noFolderLeft } from "./support/told.ts";

// Twice as many runs by hand: PREFECT_TS_TEST_RUNS=200 npm test -- test/e2e/replicas.test.ts
const REPLICAS = Number(process.env.PREFECT_TS_TEST_REPLICAS ?? 10);
const RUNS = Number(process.env.PREFECT_TS_TEST_RUNS ?? 100);
const PATIENCE_MS = 60_000 + RUNS * 1_500;

const stack = await sharedStack("prefect", "git");
let scenario: Scenario;

beforeAll(async () => {
  scenario = await openScenario(stack);
});
afterAll(() => scenario.close());

const pause = (is_paused: boolean) => scenario.api.patch(`/work_pools/${scenario.pool}`, { is_paused });

it(`${REPLICAS} workers run each of ${RUNS} runs that are queued at once exactly once`, {
  timeout: PATIENCE_MS + 180_000,
}, async () => {
  const file = join(scenario.folder, "counted");
  const deployment = await scenario.deployFixture("counts");
  // All of them are there before any worker may have one, and all workers before any is to be had.
  await pause(true);
  const runs: string[] = [];
  while (runs.length < RUNS) runs.push(await scenario.run(deployment, { file }));
  const workers: RunningCli[] = [];
  // One after the other: a machine with two cores starts them no faster together.
  while (workers.length < REPLICAS) {
    const args = ["--name", `replica ${workers.length + 1}`, "--limit", "2"];
    workers.push(await scenario.startWorker(args, { PREFECT_WORKER_QUERY_SECONDS: "2" }));
  }
  await pause(false);
  const inState = async (type: string) => {
    const flow_runs = { id: { any_: runs }, state: { type: { any_: [type] } } };
    return await scenario.api.post<number>("/flow_runs/count", { flow_runs });
  };
  await waitFor(async () => (await inState("COMPLETED")) === RUNS, {
    what: `all ${RUNS} runs are Completed`,
    timeoutMs: PATIENCE_MS,
    everyMs: 500,
  });
  expect(linesOf(file).toSorted()).toEqual(runs.toSorted());
  await noFolderLeft(scenario);
  for (const worker of workers) expect(worker.process.exitCode).toBeNull();
});
