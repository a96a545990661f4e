import { appendFile, readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { startStack } from "../../dev/stack/index.ts";
import { isRunning } from "../support/processes.ts";
import { sharedStack } from "../support/shared-stack.ts";
import { waitFor } from "../support/wait-for.ts";
import { openScenario, type Scenario } from "./support/scenario.ts";
import { cancel } from "./support/told.ts";

const stack = await sharedStack("prefect", "git");
let old: Awaited<ReturnType<typeof startOldest>>;
let scenario: Scenario;
let file: string;

/** The oldest server that is to be served: Prefect 3.6.20, as the chart has had it. */
const startOldest = () => startStack({ services: ["prefect"], prefect: { release: "3.6.20" } });

beforeAll(async () => {
  old = await startOldest();
}, 300_000);
afterAll(() => old?.close());
beforeEach(async () => {
  const { prefect } = old;
  scenario = await openScenario({ ...stack, prefect, env: { ...stack.env, ...old.env } });
  file = join(scenario.folder, "told");
  await appendFile(file, "");
});
afterEach(() => scenario.close());

describe("a worker at a Prefect server 3.6.20", () => {
  it("does without the worker channel, is online, and runs a flow with its tasks and logs", async () => {
    const worker = await scenario.startWorker(["--name", "old hand"]);
    await worker.waitForOutput(/No worker channel to this server .*go over REST/);
    await waitFor(
      async () => {
        const online = { workers: { status: { any_: ["ONLINE"] } } };
        const found = await scenario.api.post<{ name: string }[]>(
          `/work_pools/${scenario.pool}/workers/filter`,
          online,
        );
        return found.map(({ name }) => name).includes("old hand");
      },
      { what: "the server calls the worker online" },
    );
    await scenario.repository.push({
      "flows/counts.ts": `
        import { flow, logger, task } from "prefect-ts";
        const count = task({ name: "Count" }, (text: string) => text.length);
        export const counts = flow({ name: "Counts" }, async () => {
          logger.info("letters: " + (await count("museum")));
        });`,
    });
    const run = await scenario.run(
      await scenario.deploy({ flow: "counts", entrypoint: "flows/counts.ts:counts" }),
    );
    expect((await scenario.ended(run)).state_name).toBe("Completed");
    expect(await scenario.states(run)).toEqual(["Scheduled", "Pending", "Running", "Completed"]);
    await scenario.log(run, /letters: 6/);
    await waitFor(
      async () => {
        const filter = { flow_runs: { id: { any_: [run] } } };
        const tasks = await scenario.api.post<{ name: string; state_name: string }[]>(
          "/task_runs/filter",
          filter,
        );
        return tasks.length === 1 && tasks[0]?.state_name === "Completed";
      },
      { what: "the server has the task run" },
    );
  });

  it("ends a run that is cancelled", async () => {
    await scenario.startWorker();
    const run = await scenario.run(await scenario.deployFixture("waits"), { seconds: 600, file });
    const pid = Number(await waitFor(() => readFile(file, "utf8"), { what: "the run has started" }));
    await scenario.inState(run, "Running");
    await cancel(scenario, run);
    expect((await scenario.ended(run)).state_name).toBe("Cancelled");
    await waitFor(() => !isRunning(pid), { what: "the run's process has ended" });
  });

  it("shares a queue with two others, and each run is executed once", async () => {
    await scenario.repository.push({
      "flows/tells.ts": `
        import { appendFileSync } from "node:fs";
        import { flow } from "prefect-ts";
        export const tells = flow({ name: "Tells" }, () => {
          appendFileSync(${JSON.stringify(file)}, process.env.PREFECT__FLOW_RUN_ID + "\\n");
        });`,
    });
    const deployment = await scenario.deploy({ flow: "tells", entrypoint: "flows/tells.ts:tells" });
    const runs: string[] = [];
    for (let count = 0; count < 9; count += 1) runs.push(await scenario.run(deployment));
    await Promise.all(["one", "two", "three"].map((name) => scenario.startWorker(["--name", name])));
    for (const run of runs) expect((await scenario.ended(run, 60_000)).state_name).toBe("Completed");
    const executed = (await readFile(file, "utf8")).trim().split("\n");
    expect(executed.toSorted()).toEqual(runs.toSorted());
  });
});
