import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { RunningCli } from "../support/cli.ts";
import { sharedStack } from "../support/shared-stack.ts";
import { waitFor } from "../support/wait-for.ts";
import { openScenario, type Scenario } from "./support/scenario.ts";
import { linesOf, noFolderLeft } from "./support/told.ts";

// As many as the project promises; fewer for a quick look: PREFECT_TS_TEST_REPLICAS=3 PREFECT_TS_TEST_RUNS=20
const REPLICAS = Number(process.env.PREFECT_TS_TEST_REPLICAS ?? 10);
const RUNS = Number(process.env.PREFECT_TS_TEST_RUNS ?? 200);
const PATIENCE_MS = 60_000 + RUNS * 1_500;

const stack = await sharedStack("prefect", "git");
let scenario: Scenario;
const workers: RunningCli[] = [];

beforeAll(async () => {
  scenario = await openScenario(stack);
  const names = Array.from({ length: REPLICAS }, (_, index) => `replica ${index + 1}`);
  // One after the other: a machine with two cores starts them no faster together.
  for (const name of names) {
    workers.push(
      await scenario.startWorker(["--name", name, "--limit", "2"], { PREFECT_WORKER_QUERY_SECONDS: "2" }),
    );
  }
}, 120_000);
afterAll(() => scenario.close());

const pause = (is_paused: boolean) => scenario.api.patch(`/work_pools/${scenario.pool}`, { is_paused });

it(`${REPLICAS} workers run each of ${RUNS} runs that are queued at once exactly once`, {
  timeout: PATIENCE_MS + 60_000,
}, async () => {
  const file = join(scenario.folder, "counted");
  const deployment = await scenario.deployFixture("counts");
  // All of them are there before any worker may have one.
  await pause(true);
  const runs: string[] = [];
  while (runs.length < RUNS) runs.push(await scenario.run(deployment, { file }));
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
