import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { sharedStack } from "../support/shared-stack.ts";
import { openScenario, type Scenario } from "./support/scenario.ts";

const stack = await sharedStack("prefect", "git");
const skewedClock = pathToFileURL(join(import.meta.dirname, "support/skewed-clock.mjs")).href;
let scenario: Scenario;

beforeEach(async () => {
  scenario = await openScenario(stack);
});
afterEach(() => scenario.close());

describe.each([
  ["behind", -60],
  ["ahead", 60],
])("a worker whose clock is a minute %s", (_, seconds) => {
  const startWorker = () =>
    scenario.startWorker(["--prefetch-seconds", "1"], {
      NODE_OPTIONS: `--import ${skewedClock}`,
      SKEWED_CLOCK_SECONDS: String(seconds),
      PREFECT_WORKER_QUERY_SECONDS: "1",
    });

  it("runs what is due at once, and what is to come at its time by the server's clock", async () => {
    await startWorker();
    const deployment = await scenario.deployFixture("hello");
    const due = await scenario.run(deployment);
    expect((await scenario.ended(due)).state_type).toBe("COMPLETED");
    const time = new Date(Date.now() + 6_000).toISOString();
    const state = { type: "SCHEDULED", state_details: { scheduled_time: time } };
    const later = await scenario.run(deployment, {}, { state });
    expect((await scenario.ended(later)).state_type).toBe("COMPLETED");
    // Pending and Running by the server's own times: neither is before the run was due, but for what is prefetched.
    const states = await scenario.api.get<{ type: string; timestamp: string }[]>(
      `/flow_run_states/?flow_run_id=${later}`,
    );
    const early = (type: string) =>
      Date.parse(time) - Date.parse(states.find((one) => one.type === type)?.timestamp ?? "");
    expect(early("PENDING")).toBeLessThan(4_000);
    // The server lets a run begin that is due within half a second: it rounds to whole ones (WaitForScheduledTime).
    expect(early("RUNNING")).toBeLessThanOrEqual(500);
  });
});
