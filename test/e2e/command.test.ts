import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { installPrefect } from "../../dev/stack/prefect-install.ts";
import type { RunningCli } from "../support/cli.ts";
import { isRunning } from "../support/processes.ts";
import { sharedStack } from "../support/shared-stack.ts";
import { waitFor } from "../support/wait-for.ts";
import { openScenario, type Scenario } from "./support/scenario.ts";

const stack = await sharedStack("prefect", "git");
let scenario: Scenario;
let worker: RunningCli;

beforeAll(async () => {
  scenario = await openScenario(stack);
  worker = await scenario.startWorker();
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
      "The flow run's process exited with code 3: it ended before it told how the run ended.",
    ]);
    expect(await readFile(file, "utf8")).toBe(`${run} NHM\n`);
  });

  it("that ends with code 0 and has told no end of the run makes it Crashed", async () => {
    const job_variables = { command: "true" };
    const run = await scenario.run(
      await scenario.deploy({ flow: "Silent", entrypoint: "flows/none.ts", job_variables }),
    );
    const { state_name, state } = await scenario.ended(run);
    expect([state_name, state.message]).toEqual(["Crashed", expect.stringContaining("exited with code 0")]);
  });

  it("leaves nothing running, not even what it has put into the background", async () => {
    const file = join(scenario.folder, "background");
    const job_variables = { command: `sleep 600 & echo $! > ${file}; exit 5` };
    const run = await scenario.run(
      await scenario.deploy({ flow: "Background", entrypoint: "flows/none.ts", job_variables }),
    );
    expect((await scenario.ended(run)).state.message).toContain("exited with code 5");
    const pid = Number(await readFile(file, "utf8"));
    await waitFor(() => !isRunning(pid), { what: "what it left in the background has ended" });
  });

  it("may be Prefect's own engine: its word is taken for the run's end, and for its suspension", {
    timeout: 180_000,
  }, async () => {
    const environment = await installPrefect(() => undefined);
    await scenario.repository.commitFile(
      "flows/hello.py",
      [
        "from prefect import flow",
        "from prefect.flow_runs import suspend_flow_run",
        "",
        "@flow(log_prints=True)",
        "def hello(wait: bool = False):",
        '    print("Good day from Python")',
        "    if wait:",
        "        suspend_flow_run(timeout=600)",
        "",
      ].join("\n"),
    );
    const deployment = await scenario.deploy({
      flow: "Python",
      entrypoint: "flows/hello.py:hello",
      job_variables: { command: `${join(environment, "bin/python")} -m prefect.engine` },
    });
    const run = await scenario.run(deployment);
    const suspended = await scenario.run(deployment, { wait: true });
    expect((await scenario.ended(run, 90_000)).state_name).toBe("Completed");
    await scenario.log(run, /^Good day from Python$/);
    const { name } = await scenario.inState(suspended, "Suspended");
    // The worker has settled both.
    await worker.waitForOutput(new RegExp(`${name}: left alone in state Suspended`), 60_000);
    await worker.waitForOutput(/: ended in state Completed/, 60_000);
    expect((await scenario.read(suspended)).state_name).toBe("Suspended");
    const crashes = (await scenario.logs(run)).filter(({ message }) => message.includes("exited with code"));
    expect(crashes).toEqual([]);
  });
});
