import { randomUUID } from "node:crypto";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type RunningCli, runCli } from "../support/cli.ts";
import { descendants } from "../support/processes.ts";
import { sharedStack } from "../support/shared-stack.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";
import { waitFor } from "../support/wait-for.ts";
import { openScenario, type Scenario } from "./support/scenario.ts";
import { cancel } from "./support/told.ts";

const stack = await sharedStack("prefect", "git");
let scenario: Scenario;
let worker: RunningCli;

beforeAll(async () => {
  scenario = await openScenario(stack);
  worker = await scenario.startWorker(["--warm", "2"], { PREFECT_FLOWS_HEARTBEAT_FREQUENCY: "1" });
});
afterAll(() => scenario.close());

const runners = ({ process }: RunningCli) =>
  descendants(process.pid ?? 0).filter(({ command }) => command.includes("/runner/main."));

/** Makes a deployment whose code lies in a folder of this machine, which is the runs' working directory. */
async function deployLocally(more: Record<string, unknown> = {}) {
  const folder = await temporaryFolder();
  const code = `
    import { flow } from "prefect-ts";
    export const tells = flow({ name: "Tells" }, () => {
      process.stdout.write("printed in " + process.cwd() + " by " + process.env.PREFECT__FLOW_RUN_ID + "\\n");
    });`;
  await writeFile(join(folder, "tells.ts"), code);
  const deployment = await scenario.deploy({
    flow: "tells",
    entrypoint: "tells.ts:tells",
    pull_steps: [],
    job_variables: { working_dir: folder, ...more },
  });
  return { deployment, folder };
}

describe("job variables", () => {
  it("working_dir is where a run without pull steps finds its code; its output goes to the worker's, or not by stream_output; each run has them as its deployment is by then", async () => {
    const { deployment: silent } = await deployLocally({ stream_output: false });
    const first = await scenario.run(silent);
    expect((await scenario.ended(first)).state_name).toBe("Completed");
    // The same deployment, which the worker knows by now, with other job variables.
    const { deployment, folder } = await deployLocally();
    expect(deployment).toBe(silent);
    const second = await scenario.run(deployment);
    expect((await scenario.ended(second)).state_name).toBe("Completed");
    await worker.waitForOutput(new RegExp(`^printed in ${folder} by ${second}$`, "m"));
    expect(worker.output()).not.toContain(`by ${first}`);
  });
});

describe("PREFECT_FLOWS_HEARTBEAT_FREQUENCY", () => {
  it("is how often a run that is under way tells the server so", async () => {
    const file = join(scenario.folder, "started");
    const run = await scenario.run(await scenario.deployFixture("waits"), { seconds: 600, file });
    await scenario.inState(run, "Running");
    const [running] = (
      await scenario.api.get<{ name: string; timestamp: string }[]>(`/flow_run_states/?flow_run_id=${run}`)
    ).filter(({ name }) => name === "Running");
    const filter = {
      event: { name: ["prefect.flow-run.heartbeat"] },
      resource: { id: [`prefect.flow-run.${run}`] },
      // Before, they are the worker's.
      occurred: { since: running?.timestamp },
    };
    // By the default, every half minute, four of them would take longer than is waited here.
    await waitFor(
      async () => (await scenario.api.post<{ total: number }>("/events/filter", { filter })).total >= 4,
      { what: "four heartbeats of the run", timeoutMs: 60_000 },
    );
    await cancel(scenario, run);
    expect((await scenario.ended(run)).state_name).toBe("Cancelled");
  });
});

describe("--warm", () => {
  it("2 keeps two processes ready, and replaces the one that a run has used", async () => {
    await waitFor(() => runners(worker).length === 2, { what: "two processes are ready" });
    const before = runners(worker).map(({ pid }) => pid);
    const run = await scenario.run(await scenario.deployFixture("hello"));
    // Told only when the run is Running.
    const pid = await waitFor(async () => (await scenario.read(run)).infrastructure_pid, {
      what: "the server knows the run's process",
    });
    expect(before).toContain(Number(pid.split(":")[1]));
    expect((await scenario.ended(run)).state_name).toBe("Completed");
    await waitFor(
      () => {
        const now = runners(worker).map(({ pid }) => pid);
        return now.length === 2 && now.some((pid) => !before.includes(pid));
      },
      { what: "two processes are ready again" },
    );
  });

  it("0 keeps none, and starts one for each run", async () => {
    expect((await worker.stop()).code).toBe(0);
    const cold = await scenario.startWorker(["--warm", "0"]);
    const before = runners(cold);
    const run = await scenario.run(await scenario.deployFixture("hello"));
    expect((await scenario.ended(run)).state_name).toBe("Completed");
    await waitFor(() => runners(cold).length === 0, { what: "no process is left" });
    expect(before).toEqual([]);
    expect((await cold.stop()).code).toBe(0);
  });
});

describe("the work pool of a worker that starts", () => {
  const start = async (...args: string[]) => {
    const { code, stdout, stderr } = await runCli(["worker", "start", "--run-once", ...args], {
      env: { ...stack.env, PREFECT_HOME: join(scenario.folder, "home") },
    });
    return { code, said: stdout + stderr };
  };
  const ownPool = async (type?: string) => {
    const name = `pool-${randomUUID().slice(0, 8)}`;
    if (type !== undefined) await scenario.api.post("/work_pools/", { name, type });
    return name;
  };

  it("is made where there is none and --type says of what type", async () => {
    const pool = await ownPool();
    const { code, said } = await start("--pool", pool, "--type", "process");
    expect(said).toContain(`Work pool '${pool}' of type 'process' was created.`);
    expect(code).toBe(0);
    const made = await scenario.api.get<{ type: string; base_job_template: object }>(`/work_pools/${pool}`);
    expect(made.type).toBe("process");
    expect(made.base_job_template).toHaveProperty("job_configuration.working_dir", "{{ working_dir }}");
    await scenario.api.delete(`/work_pools/${pool}`);
  });

  it("is missed, with the command that makes it, where no type is given or none may be made", async () => {
    const pool = await ownPool();
    for (const more of [[], ["--type", "process", "--no-create-pool-if-not-found"]]) {
      const { code, said } = await start("--pool", pool, ...more);
      expect(said).toMatch(new RegExp(`no work pool "${pool}".*prefect-ts work-pool create "${pool}"`));
      expect(code).toBe(1);
    }
    await expect(scenario.api.get(`/work_pools/${pool}`)).rejects.toThrow("404");
  });

  it("may be of another type than --type says, with a warning; of one that is not known it is refused", async () => {
    const pool = await ownPool("docker");
    const warned = await start("--pool", pool, "--type", "process");
    expect(warned.said).toContain(
      `Worker type 'process' does not match the type 'docker' of work pool '${pool}'.`,
    );
    expect(warned.code).toBe(0);
    const refused = await start("--pool", pool);
    expect(refused.said).toContain(`"${pool}" is of type "docker", which this worker cannot serve`);
    expect(refused.code).toBe(1);
    await scenario.api.delete(`/work_pools/${pool}`);
  });
});
