import { readFile } from "node:fs/promises";
import { createServer } from "node:net";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { freePort } from "../../dev/stack/ports.ts";
import { runCli } from "../support/cli.ts";
import { startFaultProxy } from "../support/fault-proxy.ts";
import { sharedStack } from "../support/shared-stack.ts";
import { waitFor } from "../support/wait-for.ts";
import { openScenario, type Scenario } from "./support/scenario.ts";

const stack = await sharedStack("prefect", "git");
let scenario: Scenario;
let port: number;

beforeEach(async () => {
  scenario = await openScenario(stack);
  port = await freePort();
});
afterEach(() => scenario.close());

const listening = () => ({
  PREFECT_WORKER_WEBSERVER_HOST: "127.0.0.1",
  PREFECT_WORKER_WEBSERVER_PORT: String(port),
});
const startWorker = (args: string[] = [], env: Record<string, string> = {}) =>
  scenario.startWorker(["--with-healthcheck", ...args], { ...listening(), ...env });

async function ask(path: string): Promise<{ status: number; text: string; type: string | null }> {
  const answer = await fetch(`http://127.0.0.1:${port}${path}`);
  return { status: answer.status, text: await answer.text(), type: answer.headers.get("content-type") };
}

/** The value of a metric with its labels, as it stands in the text. */
async function metric(series: string): Promise<number | undefined> {
  const lines = (await ask("/metrics")).text.split("\n");
  const line = lines.find((one) => one.startsWith(`${series} `));
  return line === undefined ? undefined : Number(line.slice(series.length + 1).replace("+Inf", "Infinity"));
}

interface EventView {
  id: string;
  event: string;
  resource: Record<string, string>;
  related: Record<string, string>[];
  follows: string | null;
}

/** Waits for a worker's event on the server. */
function event(name: string, related: string): Promise<EventView> {
  const filter = { event: { name: [name] }, related: { id: [related] } };
  return waitFor(
    async () => {
      const { events } = await scenario.api.post<{ events: EventView[] }>("/events/filter", { filter });
      return events[0];
    },
    { what: `the event ${name}` },
  );
}

describe("a worker tells of itself in events:", () => {
  it("that it has started, submitted and executed a run, and stopped", async () => {
    const pool = await scenario.api.get<{ id: string }>(`/work_pools/${scenario.pool}`);
    const poolId = `prefect.work-pool.${pool.id}`;
    const worker = await scenario.startWorker(["--name", "Wörker 1"]);
    const started = await event("prefect.worker.started", poolId);
    expect(started.resource).toMatchObject({
      "prefect.resource.id": "prefect.worker.process.worker-1",
      "prefect.resource.name": "Wörker 1",
      "prefect.worker-type": "process",
    });
    const run = await scenario.run(await scenario.deployFixture("hello"), {}, { tags: ["b", "a"] });
    await scenario.ended(run);
    const runId = `prefect.flow-run.${run}`;
    const submitted = await event("prefect.worker.submitted-flow-run", runId);
    const roles = submitted.related.map((resource) => resource["prefect.resource.role"]);
    expect(roles).toEqual(["deployment", "flow", "flow-run", "tag", "tag", "work-pool"]);
    expect(submitted.related.map((resource) => resource["prefect.resource.id"])).toContain("prefect.tag.a");
    const executed = await event("prefect.worker.executed-flow-run", runId);
    expect(executed.follows).toBe(submitted.id);
    const ofRun = executed.related.find((resource) => resource["prefect.resource.id"] === runId);
    const identifier = await waitFor(async () => (await scenario.read(run)).infrastructure_pid ?? undefined, {
      what: "the server knows the process of the run",
    });
    expect(ofRun).toMatchObject({
      "prefect.infrastructure.status-code": "0",
      "prefect.infrastructure.identifier": identifier,
    });
    await worker.stop("SIGTERM");
    expect((await event("prefect.worker.stopped", poolId)).follows).toBe(started.id);
  });

  it("with the signal's number when the run's process was killed", async () => {
    await scenario.startWorker();
    const run = await scenario.run(await scenario.deployFixture("dies"), { how: "SIGKILL" });
    const executed = await event("prefect.worker.executed-flow-run", `prefect.flow-run.${run}`);
    const codes = executed.related.map((resource) => resource["prefect.infrastructure.status-code"]);
    expect(codes).toContain("-9");
  });
});

describe("/metrics", () => {
  it("counts runs by state and deployment, and says what the worker has in its hands", async () => {
    await startWorker(["--limit", "3"]);
    const file = join(scenario.folder, "started");
    const waiting = await scenario.run(await scenario.deployFixture("waits"), { seconds: 600, file });
    await waitFor(() => readFile(file, "utf8"), { what: "the run has started" });
    expect(await metric("prefect_ts_slots_taken")).toBe(1);
    expect(await metric("prefect_ts_slots_limit")).toBe(3);
    await waitFor(async () => (await metric("prefect_ts_warm_runners")) === 1);
    await waitFor(async () => (await metric('prefect_ts_socket_connected{socket="events"}')) === 1);
    await waitFor(async () => (await metric('prefect_ts_socket_connected{socket="worker_channel"}')) === 1);
    expect(await metric('prefect_ts_polls_total{outcome="answered"}')).toBeGreaterThan(0);

    await scenario.ended(await scenario.run(await scenario.deployFixture("hello")));
    const failing = await scenario.run(await scenario.deployFixture("hello"), { times: 0 });
    await scenario.ended(failing);
    const series = (state: string, flow: string) => {
      const deployment = `${flow} ${scenario.pool}/${scenario.pool}`;
      return `prefect_ts_runs_total{state="${state}",deployment="${deployment}"}`;
    };
    await waitFor(async () => (await metric(series("Completed", "hello"))) === 1);
    await waitFor(async () => (await metric(series("Failed", "hello"))) === 1);
    const impossible = await scenario.run(
      await scenario.deployFixture("hello"),
      {},
      { job_variables: { env: { SECRET: "{{ prefect.blocks.secret.there-is-none }}" } } },
    );
    expect((await scenario.ended(impossible)).state.message).toMatch(/could not be submitted/);
    await waitFor(async () => (await metric(series("Crashed", "hello"))) === 1);
    expect(await metric("prefect_ts_run_start_delay_seconds_count")).toBeGreaterThan(0);
    expect(await metric("prefect_ts_run_checkout_seconds_count")).toBeGreaterThan(0);
    expect(await metric("process_resident_memory_bytes")).toBeGreaterThan(1_000_000);
    expect((await ask("/metrics")).type).toMatch(/^text\/plain; version=0\.0\.4/);

    await scenario.api.post(`/flow_runs/${waiting}/set_state`, {
      state: { type: "CANCELLING", name: "Cancelling" },
    });
    await scenario.ended(waiting);
    await waitFor(async () => (await metric(series("Cancelled", "waits"))) === 1);
    await waitFor(async () => (await metric("prefect_ts_slots_taken")) === 0);
  });

  it("says how many due runs wait for a worker", async () => {
    await startWorker(["--limit", "1"]);
    const file = join(scenario.folder, "started-alone");
    const deployment = await scenario.deployFixture("waits");
    const runs = [await scenario.run(deployment, { seconds: 600, file })];
    await waitFor(() => readFile(file, "utf8"), { what: "the run has started" });
    expect(await metric("prefect_ts_runs_waiting")).toBe(0);
    for (let more = 0; more < 2; more += 1) runs.push(await scenario.run(deployment, { seconds: 600, file }));
    // Not those of a time to come.
    const start = { type: "SCHEDULED", state_details: { scheduled_time: "2100-01-01T00:00:00Z" } };
    await scenario.run(deployment, { seconds: 600, file }, { state: start });
    await waitFor(async () => (await metric("prefect_ts_runs_waiting")) === 2);
    for (const run of runs.reverse()) {
      await scenario.api.post(`/flow_runs/${run}/set_state`, {
        state: { type: "CANCELLING", name: "Cancelling" },
      });
    }
    for (const run of runs) await scenario.ended(run);
  });

  it("counts requests that are tried again", async () => {
    const proxy = await startFaultProxy({ target: stack.prefect.apiUrl });
    try {
      await startWorker([], { PREFECT_API_URL: proxy.url });
      proxy.answer(503, {}, 1, /set_state$/);
      await scenario.ended(await scenario.run(await scenario.deployFixture("hello")));
      expect(await metric('prefect_ts_api_retries_total{code="API_UNAVAILABLE"}')).toBeGreaterThan(0);
      expect(await metric('prefect_ts_api_errors_total{code="API_UNAVAILABLE"}')).toBeGreaterThan(0);
    } finally {
      await scenario.close();
      await proxy.close();
      scenario = await openScenario(stack);
    }
  });
});

describe("/health", () => {
  it("is 503 when the server has not answered for 30 polls, and 200 again when it does", async () => {
    const proxy = await startFaultProxy({ target: stack.prefect.apiUrl });
    try {
      await startWorker([], { PREFECT_API_URL: proxy.url, PREFECT_WORKER_QUERY_SECONDS: "0.1" });
      expect(await ask("/health")).toMatchObject({ status: 200, text: '{"message":"OK"}' });
      await proxy.refuse();
      const ill = await waitFor(async () => {
        const answer = await ask("/health");
        return answer.status === 503 ? answer : undefined;
      });
      expect(ill.text).toMatch(/has not answered a poll for \d+ seconds/);
      expect(await metric('prefect_ts_polls_total{outcome="failed"}')).toBeGreaterThan(0);
      await proxy.resume();
      await waitFor(async () => (await ask("/health")).status === 200, { what: "healthy again" });
    } finally {
      await scenario.close();
      await proxy.close();
      scenario = await openScenario(stack);
    }
  });

  it("stays 200 while all slots are taken and while the worker drains, which /ready tells", async () => {
    const worker = await startWorker(["--limit", "1"], { PREFECT_WORKER_QUERY_SECONDS: "0.05" });
    expect(await ask("/ready")).toMatchObject({ status: 200, text: '{"message":"OK"}' });
    const file = join(scenario.folder, "started");
    const run = await scenario.run(await scenario.deployFixture("waits"), { seconds: 4, file });
    await waitFor(() => readFile(file, "utf8"), { what: "the run has started" });
    const stopped = worker.stop("SIGTERM");
    await worker.waitForOutput(/taking no new runs/);
    expect(await ask("/ready")).toMatchObject({ status: 503, text: '{"message":"The worker is draining"}' });
    // Longer than 30 polls: each of these answers comes while the run is still under way.
    while ((await scenario.read(run)).state_name === "Running") {
      const { status } = await ask("/health").catch(() => ({ status: 200 }));
      expect(status).toBe(200);
    }
    expect((await stopped).code).toBe(0);
  });

  it("names host and port when they are taken", async () => {
    const other = createServer().listen(port, "127.0.0.1");
    try {
      const { code, stderr, stdout } = await runCli(
        ["worker", "start", "--pool", scenario.pool, "--with-healthcheck"],
        { env: { ...stack.env, ...listening(), PREFECT_HOME: join(scenario.folder, "home") } },
      );
      expect(code).toBe(1);
      expect(stdout + stderr).toMatch(
        new RegExp(`cannot listen on 127.0.0.1:${port}.*PREFECT_WORKER_WEBSERVER_PORT`, "s"),
      );
    } finally {
      other.close();
    }
  });
});
