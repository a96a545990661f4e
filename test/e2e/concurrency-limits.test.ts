import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { sharedStack } from "../support/shared-stack.ts";
import { waitFor } from "../support/wait-for.ts";
import { openScenario, type Scenario } from "./support/scenario.ts";

const stack = await sharedStack("prefect", "git");
let scenario: Scenario;

beforeAll(async () => {
  scenario = await openScenario(stack);
  await scenario.startWorker([], { PREFECT_WORKER_QUERY_SECONDS: "2" });
});
afterAll(() => scenario.close());

const cancel = (run: string) =>
  scenario.api.post(`/flow_runs/${run}/set_state`, { state: { type: "CANCELLING", name: "Cancelling" } });

describe("a deployment with a concurrency limit of one", () => {
  it("keeps the slot of a run while it runs, and lets the next one wait for it", {
    timeout: 90_000,
  }, async () => {
    const deployment = await scenario.deployFixture("waits");
    await scenario.api.patch(`/deployments/${deployment}`, { concurrency_limit: 1 });
    const file = join(scenario.folder, "started");
    const first = await scenario.run(deployment, { seconds: 600, file });
    await scenario.inState(first, "Running");
    const second = await scenario.run(deployment, { seconds: 0, file });
    await scenario.inState(second, "AwaitingConcurrencySlot");
    expect((await scenario.read(first)).state_name).toBe("Running");
    await cancel(first);
    expect((await scenario.ended(first)).state_name).toBe("Cancelled");
    expect((await scenario.ended(second, 60_000)).state_name).toBe("Completed");
    const lines = await waitFor(() => readFile(file, "utf8"));
    expect(lines.trim().split("\n")).toHaveLength(2);
  });

  it("ends a run that finds no slot as Cancelled where the deployment says CANCEL_NEW", async () => {
    const deployment = await scenario.deployFixture("waits");
    await scenario.api.patch(`/deployments/${deployment}`, {
      concurrency_limit: 1,
      concurrency_options: { collision_strategy: "CANCEL_NEW" },
    });
    const file = join(scenario.folder, "one");
    const first = await scenario.run(deployment, { seconds: 600, file });
    await scenario.inState(first, "Running");
    const second = await scenario.run(deployment, { seconds: 0, file });
    expect((await scenario.ended(second)).state_name).toBe("Cancelled");
    await cancel(first);
    await scenario.ended(first);
    expect((await readFile(file, "utf8")).trim().split("\n")).toHaveLength(1);
  });
});
