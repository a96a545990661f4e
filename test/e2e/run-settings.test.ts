import { afterAll, beforeAll, expect, it } from "vitest";
import { sharedStack } from "../support/shared-stack.ts";
import { openScenario, type Scenario } from "./support/scenario.ts";

const stack = await sharedStack("prefect", "git");
let scenario: Scenario;
let deployment: string;

beforeAll(async () => {
  scenario = await openScenario(stack);
  await scenario.startWorker();
  deployment = await scenario.deployFixture("speaks");
});
afterAll(() => scenario.close());

/** Runs the fixture with these settings; gives its end, and what it and its subflow have said and have on the server. */
async function said(env: Record<string, string>): Promise<{ state: string; texts: string[] }> {
  const run = await scenario.run(deployment, {}, { job_variables: { env } });
  const { state_name } = await scenario.ended(run, 120_000);
  const children = await scenario.api.post<{ id: string }[]>("/flow_runs/filter", {
    flow_runs: { parent_flow_run_id: { any_: [run] } },
  });
  // A run's logs are with the server before its end is told.
  const logs = await Promise.all([run, ...children.map(({ id }) => id)].map((id) => scenario.logs(id)));
  const texts = logs.flat().map(({ message }) => message);
  return { state: state_name, texts: texts.filter((text) => /^(logged|printed) /.test(text)).sort() };
}

it("without any setting debug is not sent, prints are no logs, and nothing is tried again", async () => {
  const { state, texts } = await said({});
  expect(state).toBe("Failed");
  expect(texts).toEqual(["logged at info", "logged at warning", "printed by a loud task"]);
}, 180_000);

it("level, prints and retries of the settings hold for the flow, its tasks and its subflows", async () => {
  const { state, texts } = await said({
    PREFECT_LOGGING_LEVEL: "DEBUG",
    PREFECT_LOGGING_LOG_PRINTS: "true",
    PREFECT_TASKS_DEFAULT_RETRIES: "1",
  });
  expect(state).toBe("Completed");
  expect(texts).toEqual([
    "logged at debug",
    "logged at info",
    "logged at warning",
    "printed by a loud task",
    "printed by a subflow",
    "printed by a task",
    "printed by the flow",
  ]);
}, 180_000);

it("a higher level keeps the rest from the server, and a flow may be tried again by the settings", async () => {
  const env = { PREFECT_LOGGING_LEVEL: "WARNING", PREFECT_FLOWS_DEFAULT_RETRIES: "1" };
  const { state, texts } = await said(env);
  expect(state).toBe("Completed");
  expect(new Set(texts)).toEqual(new Set(["logged at warning"]));
}, 180_000);

it("logs stay on the machine where the server is to have none", async () => {
  const { state, texts } = await said({ PREFECT_LOGGING_TO_API_ENABLED: "false" });
  expect(state).toBe("Failed");
  expect(texts).toEqual([]);
}, 180_000);
