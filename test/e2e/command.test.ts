import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { installPrefect } from "../../dev/stack/prefect-install.ts";
import { sharedStack } from "../support/shared-stack.ts";
import { openScenario, type Scenario } from "./support/scenario.ts";

const stack = await sharedStack("prefect", "git");
let scenario: Scenario;

beforeAll(async () => {
  scenario = await openScenario(stack);
  await scenario.startWorker();
});
afterAll(() => scenario.close());

describe("a deployment with a command of its own", () => {
  it("has it run in the place of our runner, with the run's environment; its exit code is explained", async () => {
    const file = join(scenario.folder, "seen");
    const command = `echo "$PREFECT__FLOW_RUN_ID $MUSEUM" > ${file}; exit 3`;
    const deployment = await scenario.deploy({
      flow: "Command",
      entrypoint: "flows/none.ts",
      job_variables: { command, env: { MUSEUM: "NHM" } },
    });
    const run = await scenario.run(deployment);
    const { state_name, state } = await scenario.ended(run);
    expect([state_name, state.message]).toEqual([
      "Crashed",
      "The flow run's process exited with code 3: no receipt was left.",
    ]);
    expect(await readFile(file, "utf8")).toBe(`${run} NHM\n`);
  });

  it("may be Prefect's own engine: a Python flow runs beside ours", { timeout: 120_000 }, async () => {
    const environment = await installPrefect(() => undefined);
    await scenario.repository.commitFile(
      "flows/hello.py",
      'from prefect import flow\n\n@flow(log_prints=True)\ndef hello():\n    print("Good day from Python")\n',
    );
    const deployment = await scenario.deploy({
      flow: "Python",
      entrypoint: "flows/hello.py:hello",
      job_variables: { command: `${join(environment, "bin/python")} -m prefect.engine` },
    });
    const run = await scenario.run(deployment);
    expect((await scenario.ended(run, 90_000)).state_name).toBe("Completed");
    await scenario.log(run, /^Good day from Python$/);
  });
});
