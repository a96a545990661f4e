import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
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
  // The poll is slow here, so that what is fast was noticed by its event.
  worker = await scenario.startWorker([], { PREFECT_WORKER_QUERY_SECONDS: "600", PREFECT__SECRET: "x" });
});
afterAll(() => scenario.close());

describe("a run of a deployment", () => {
  it("goes from Scheduled to Completed, with its logs, task runs and artifact on the server", async () => {
    const run = await scenario.run(await scenario.deployFixture("hello"), { who: "Øystein", times: 2 });
    expect(await scenario.ended(run)).toMatchObject({ state_name: "Completed", run_count: 1 });
    expect(await scenario.states(run)).toEqual(["Scheduled", "Pending", "Running", "Completed"]);

    await scenario.log(run, /Finished in state Completed/);
    const logs = await scenario.logs(run);
    const messages = logs.map(({ message }) => message);
    expect(messages[0]).toMatch(/Worker '.*' submitting flow run/);
    expect(messages).toContain("Version one");
    const inTasks = logs.filter(({ message }) => message === "Good day, Øystein");
    expect(inTasks).toHaveLength(2);
    expect(new Set(inTasks.map((log) => log.task_run_id)).size).toBe(2);
    expect(inTasks[0]).toMatchObject({ level: 20, name: "prefect.task_runs" });

    const taskRuns = await waitFor(
      async () => {
        const found = await scenario.api.post<{ name: string; state_name: string; tags: string[] }[]>(
          "/task_runs/filter",
          {
            flow_runs: { id: { any_: [run] } },
            sort: "NAME_DESC",
          },
        );
        return found.length === 2 && found.every((task) => task.state_name === "Completed")
          ? found
          : undefined;
      },
      { what: "both task runs are Completed on the server" },
    );
    expect(taskRuns.map((task) => [task.name, task.tags])).toEqual([
      ["Greet-1", ["greeting"]],
      ["Greet-0", ["greeting"]],
    ]);
    const artifacts = await scenario.api.post("/artifacts/filter", {
      artifacts: { flow_run_id: { any_: [run] } },
    });
    expect(artifacts).toMatchObject([{ key: "greeting", type: "markdown", data: "# Good day, Øystein" }]);
  });

  it("tells which process runs it, and leaves neither process nor folder", async () => {
    const run = await scenario.run(await scenario.deployFixture("hello"));
    await scenario.ended(run);
    const { infrastructure_pid } = await waitFor(async () => {
      const view = await scenario.read(run);
      return view.infrastructure_pid ? view : undefined;
    });
    const pid = Number(infrastructure_pid?.split(":")[1]);
    await waitFor(() => !isRunning(pid), { what: "the run's process has ended" });
    const { readdir } = await import("node:fs/promises");
    await waitFor(async () => (await readdir(join(scenario.folder, "home/prefect-ts/runs"))).length === 0, {
      what: "the run's folder is gone",
    });
  });

  it("runs what was pushed to dev a moment ago, with nothing rebuilt or restarted", async () => {
    const deployment = await scenario.deployFixture("hello");
    await scenario.ended(await scenario.run(deployment));
    const text = await readFile(join(import.meta.dirname, "../fixtures/flows/hello.ts"), "utf8");
    await scenario.repository.commitFile("flows/hello.ts", text.replace("Version one", "Version two"));
    const run = await scenario.run(deployment);
    await scenario.log(run, /^Version two$/);
    await scenario.ended(run);
    expect(worker.process.exitCode).toBeNull();
  });

  it("fails before its first line when a parameter is wrong, and names the field", async () => {
    const run = await scenario.run(await scenario.deployFixture("hello"), { who: "you", times: 0 });
    const { state_name, state } = await scenario.ended(run);
    expect(state_name).toBe("Failed");
    expect(state.message).toMatch(/parameters of flow "Hello" are not valid:\s+times: /);
    expect((await scenario.logs(run)).map(({ message }) => message)).not.toContain("Version one");
  });

  it("is Failed with the error's message, and has the stack and the cause in its log", async () => {
    const run = await scenario.run(await scenario.deployFixture("fails"));
    const { state_name, state } = await scenario.ended(run);
    expect([state_name, state.message]).toEqual([
      "Failed",
      "Flow run encountered an exception: Error: the roof is leaking",
    ]);
    const log = await scenario.log(run, /the roof is leaking/);
    expect(log).toContain("flows/fails.ts:5");
    expect(log).toContain("it rains");
  });

  it("has its tasks tried again as they ask", async () => {
    const file = join(scenario.folder, "flaky-task");
    const run = await scenario.run(await scenario.deployFixture("retries"), { file });
    expect((await scenario.ended(run)).state_name).toBe("Completed");
    await scenario.log(run, /Retry 1\/2 will start 0.05 second/);
    const [task] = await waitFor(async () => {
      const found = await scenario.api.post<{ run_count: number; state_name: string }[]>(
        "/task_runs/filter",
        {
          flow_runs: { id: { any_: [run] } },
        },
      );
      return found[0]?.state_name === "Completed" ? found : undefined;
    });
    expect(task?.run_count).toBe(2);
  });

  it("is run again by the server's word when the flow asks for retries", async () => {
    const file = join(scenario.folder, "flaky-flow");
    const run = await scenario.run(await scenario.deployFixture("flow-retries"), { file });
    expect(await scenario.ended(run)).toMatchObject({ state_name: "Completed", run_count: 2 });
    expect(await scenario.states(run)).toEqual([
      "Scheduled",
      "Pending",
      "Running",
      "AwaitingRetry",
      "Running",
      "Completed",
    ]);
  });

  it("sees its own identity and settings, its job variables, and prints become logs when asked", async () => {
    const deployment = await scenario.deployFixture("environment");
    const run = await scenario.run(
      deployment,
      {},
      { job_variables: { env: { MUSEUM: "NHM", TZ: "Asia/Tokyo", NODE_OPTIONS: "--title=museum" } } },
    );
    await scenario.ended(run);
    const seen = JSON.parse(await scenario.log(run, /^\{.*PATH/));
    expect(seen).toMatchObject({
      MUSEUM: "NHM",
      TZ: "Asia/Tokyo",
      PREFECT__FLOW_RUN_ID: run,
      PREFECT__DEPLOYMENT_ID: deployment,
      PREFECT_API_URL: stack.prefect.apiUrl,
    });
    await scenario.log(run, /^printed, not logged$/);
    // Both act only in a process that was started with them.
    await scenario.log(run, /^museum in Asia\/Tokyo$/);
  });

  it("waits for its time when it is scheduled ahead", async () => {
    const at = new Date(Date.now() + 2_500).toISOString();
    const run = await scenario.run(
      await scenario.deployFixture("hello"),
      {},
      {
        state: { type: "SCHEDULED", name: "Scheduled", state_details: { scheduled_time: at } },
      },
    );
    await scenario.ended(run);
    const states = await scenario.api.get<{ name: string; timestamp: string }[]>(
      `/flow_run_states/?flow_run_id=${run}`,
    );
    const running = states.find((state) => state.name === "Running");
    // The server holds it back, by whole seconds less a little.
    expect(Date.parse(running?.timestamp ?? "")).toBeGreaterThanOrEqual(Date.parse(at) - 1_000);
  });
});
