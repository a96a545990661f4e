import { afterEach, beforeEach, describe, expect, it, onTestFinished } from "vitest";
import { startFaultProxy } from "../support/fault-proxy.ts";
import { sharedStack } from "../support/shared-stack.ts";
import { openScenario, type Scenario } from "./support/scenario.ts";

const stack = await sharedStack("prefect", "git");
let scenario: Scenario;

beforeEach(async () => {
  scenario = await openScenario(stack);
});
afterEach(() => scenario.close());

describe("a deployment", () => {
  it("counts as it is now, also when the worker has prepared the run with what it knew of it", async () => {
    await scenario.startWorker();
    const deployment = await scenario.deployFixture("hello");
    expect((await scenario.ended(await scenario.run(deployment))).state_type).toBe("COMPLETED");
    await scenario.api.patch(`/deployments/${deployment}`, { entrypoint: "flows/hello.ts:elsewhere" });
    const changed = await scenario.ended(await scenario.run(deployment));
    expect(changed.state.message).toContain('has no export "elsewhere"');
    await scenario.api.patch(`/deployments/${deployment}`, { entrypoint: "flows/hello.ts:hello" });
    expect((await scenario.ended(await scenario.run(deployment))).state_type).toBe("COMPLETED");
  });

  it("that was deleted after its run had been found cancels the run", async () => {
    // Deleting takes its scheduled runs along: only the moment between poll and reading is left.
    const proxy = await startFaultProxy({ target: stack.prefect.apiUrl });
    onTestFinished(() => proxy.close());
    const deployment = await scenario.deployFixture("hello");
    proxy.answer(404, {}, 1, new RegExp(`/deployments/${deployment}$`));
    const run = await scenario.run(deployment);
    await scenario.startWorker([], { PREFECT_API_URL: proxy.url });
    expect(await scenario.ended(run)).toMatchObject({
      state_name: "Cancelled",
      state: { message: `Deployment ${deployment} no longer exists, cancelled run.` },
    });
  });
});
