import { appendFile, readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { startStack } from "../../dev/stack/index.ts";
import { type FaultProxy, startFaultProxy } from "../support/fault-proxy.ts";
import { isRunning } from "../support/processes.ts";
import { sharedStack } from "../support/shared-stack.ts";
import { waitFor } from "../support/wait-for.ts";
import { openScenario, type Scenario } from "./support/scenario.ts";

const stack = await sharedStack("prefect", "git");
const channel = /\/workers\/connect$/;
let scenario: Scenario;
let proxy: FaultProxy;

beforeEach(async () => {
  scenario = await openScenario(stack);
  proxy = await startFaultProxy({ target: stack.prefect.apiUrl });
});
afterEach(async () => {
  await scenario.close();
  await proxy.close();
});

/** A worker behind the proxy. It polls hardly ever, so that only what wakes it makes it look. */
const startWorker = (args: string[] = [], env: Record<string, string> = {}) =>
  scenario.startWorker(["--name", "one", ...args], {
    PREFECT_API_URL: proxy.url,
    PREFECT_WORKER_HEARTBEAT_SECONDS: "1",
    PREFECT_WORKER_QUERY_SECONDS: "600",
    ...env,
  });
const count = (pattern: RegExp) => proxy.requests.filter((line) => pattern.test(line)).length;
const openings = () => count(channel);
const restHeartbeats = () => count(/\/workers\/heartbeat$/);
const poolReadings = () => count(/^GET \/api\/work_pools\/[^/]+$/);

/** Waits until the server has heard of the worker after this moment. */
async function heardOf(after: number): Promise<void> {
  await waitFor(
    async () => {
      const [worker] = await scenario.api.post<{ last_heartbeat_time: string }[]>(
        `/work_pools/${scenario.pool}/workers/filter`,
      );
      return Date.parse(worker?.last_heartbeat_time ?? "") > after;
    },
    { what: "the server has a new heartbeat" },
  );
}

/**
 * Whether the server hears of the worker without REST, two heartbeats long. A busy server may close the channel because
 * it could not store a heartbeat; REST then beats until the channel is open again, so one look may not be enough.
 */
async function beatsByChannelAlone(): Promise<boolean> {
  const before = [openings(), restHeartbeats()];
  await heardOf(Date.now());
  await heardOf(Date.now());
  return openings() === before[0] && restHeartbeats() === before[1];
}

/** Changes the pool's base job template so that runs get a variable. */
async function giveTemplate(variable: string, value: string): Promise<void> {
  await scenario.api.patch(`/work_pools/${scenario.pool}`, {
    base_job_template: {
      job_configuration: { env: "{{ env }}" },
      variables: { type: "object", properties: { env: { type: "object", default: { [variable]: value } } } },
    },
  });
}

/** Deploys a flow that appends a variable of its environment to a file. */
async function deployTeller(): Promise<{ deployment: string; file: string }> {
  const file = join(scenario.folder, "told");
  await appendFile(file, "");
  await scenario.repository.push({
    "flows/tells.ts": `
      import { appendFileSync } from "node:fs";
      import { flow } from "prefect-ts";
      export const tells = flow({ name: "Tells" }, () => {
        appendFileSync(${JSON.stringify(file)}, (process.env.TOLD ?? "nothing") + "\\n");
      });`,
  });
  return { deployment: await scenario.deploy({ flow: "tells", entrypoint: "flows/tells.ts:tells" }), file };
}

describe("the worker channel", () => {
  it("carries the heartbeats, so that none goes over REST", async () => {
    await startWorker();
    await waitFor(beatsByChannelAlone, { what: "heartbeats go over the channel alone" });
  });

  it("brings a changed base job template to the runs that follow, without a restart", async () => {
    const { deployment, file } = await deployTeller();
    await startWorker();
    await scenario.ended(await scenario.run(deployment));
    await giveTemplate("TOLD", "from the new template");
    await waitFor(
      async () => {
        await scenario.ended(await scenario.run(deployment));
        return (await readFile(file, "utf8")).endsWith("from the new template\n");
      },
      { what: "a run has the variable of the new template" },
    );
    expect(await readFile(file, "utf8")).toMatch(/^nothing\n/);
  });

  it("that is half-open is given up for REST, and opened again", async () => {
    await startWorker();
    await heardOf(Date.now());
    proxy.stall(channel);
    await waitFor(() => restHeartbeats() > 0, { what: "a heartbeat over REST" });
    await heardOf(Date.now());
    const before = openings();
    await proxy.resume();
    await waitFor(() => openings() > before, { what: "another opening" });
    await waitFor(beatsByChannelAlone, { what: "heartbeats go over the channel alone" });
  });

  it("that breaks is opened again", async () => {
    await startWorker();
    await heardOf(Date.now());
    proxy.cut(channel);
    await waitFor(() => openings() >= 2, { what: "another opening" });
    await heardOf(Date.now());
  });

  it("that the server refuses for a moment (503) is tried again", async () => {
    proxy.answer(503, {}, 1, channel);
    await startWorker();
    await waitFor(() => openings() >= 2, { what: "another opening" });
    await heardOf(Date.now());
  });

  it.each([404, 403])("is left for REST, for good, at a server without it (%i)", async (status) => {
    proxy.answer(status, {}, Number.POSITIVE_INFINITY, channel);
    const { deployment, file } = await deployTeller();
    const worker = await startWorker();
    await worker.waitForOutput(/No worker channel to this server .*go over REST/);
    await giveTemplate("TOLD", "read by REST");
    const before = poolReadings();
    await waitFor(() => poolReadings() >= before + 2, { what: "the pool is read again" });
    await heardOf(Date.now());
    await scenario.ended(await scenario.run(deployment));
    expect(await readFile(file, "utf8")).toBe("read by REST\n");
    expect(openings()).toBe(1);
  });

  it.each(["stall", "refuse"] as const)(
    "does not keep a worker that is stopped from ending when the server is away (%s)",
    async (fault) => {
      const worker = await startWorker();
      await heardOf(Date.now());
      await proxy[fault]();
      // A worker that waited for its retries would outlast the test's time.
      expect((await worker.stop("SIGTERM")).code).toBe(0);
    },
  );
});

describe("a worker whose pool is paused", () => {
  it("says so once, waits, and goes on as soon as the pool is resumed", async () => {
    const { deployment } = await deployTeller();
    const worker = await startWorker();
    await scenario.api.patch(`/work_pools/${scenario.pool}`, { is_paused: true });
    await worker.waitForOutput(/Work pool '.*' is paused: its runs wait/);
    const run = await scenario.run(deployment);
    // More news of the pool say nothing new of the pause.
    await giveTemplate("TOLD", "x");
    await heardOf(Date.now());
    await heardOf(Date.now());
    expect((await scenario.read(run)).state_name).toBe("Scheduled");
    await scenario.api.patch(`/work_pools/${scenario.pool}`, { is_paused: false });
    expect((await scenario.ended(run)).state_name).toBe("Completed");
    await worker.waitForOutput(/is no longer paused: going on/);
    expect(worker.output().match(/is paused/g)).toHaveLength(1);
  });

  it("says the same of a queue", async () => {
    const worker = await startWorker();
    const queue = `/work_pools/${scenario.pool}/queues/default`;
    await scenario.api.patch(queue, { is_paused: true });
    await worker.waitForOutput(/Work queue 'default' of pool '.*' is paused/);
    await scenario.api.patch(queue, { is_paused: false });
    await worker.waitForOutput(/Work queue 'default' of pool '.*' is no longer paused/);
    expect(worker.output().match(/is paused/g)).toHaveLength(1);
  });
});

describe("a run that does not end although it was cancelled", () => {
  it("is ended when the server asks its worker for that, over the channel", async () => {
    const own = await startStack({
      services: ["prefect"],
      prefect: { settings: { PREFECT_SERVER_SERVICES_CANCELLATION_CLEANUP_CANCELLING_TIMEOUT_SECONDS: "1" } },
    });
    const { prefect } = own;
    const impatient = await openScenario({ ...stack, prefect, env: { ...stack.env, ...own.env } });
    try {
      const file = join(impatient.folder, "pid");
      await impatient.repository.push({
        "flows/stubborn.ts": `
          import { writeFileSync } from "node:fs";
          import { flow } from "prefect-ts";
          export const stubborn = flow({ name: "Stubborn" }, async () => {
            writeFileSync(${JSON.stringify(file)}, String(process.pid));
            await new Promise((resolve) => setTimeout(resolve, 600_000));
          });`,
      });
      await impatient.startWorker([], { PREFECT_TS_WORKER_CANCEL_GRACE_SECONDS: "600" });
      const deployment = await impatient.deploy({
        flow: "stubborn",
        entrypoint: "flows/stubborn.ts:stubborn",
      });
      const run = await impatient.run(deployment);
      const pid = Number(await waitFor(() => readFile(file, "utf8"), { what: "the run has started" }));
      await impatient.inState(run, "Running");
      await impatient.api.post(`/flow_runs/${run}/set_state`, {
        state: { type: "CANCELLING", name: "Cancelling" },
      });
      await waitFor(() => !isRunning(pid), { what: "the run's process has ended" });
      expect((await impatient.read(run)).state_name).toBe("Cancelled");
    } finally {
      await impatient.close();
      await own.close();
    }
  }, 120_000);
});
