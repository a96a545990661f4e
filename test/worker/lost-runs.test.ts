import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { pino } from "pino";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { PrefectClient } from "../../src/prefect/client/client.ts";
import { loadSettings } from "../../src/prefect/settings/settings.ts";
import { watchLostRuns } from "../../src/worker/lost-runs.ts";
import { processMark } from "../../src/worker/process/process-mark.ts";
import { RunLog } from "../../src/worker/run-log.ts";
import { waitFor } from "../support/wait-for.ts";

// A server that says what no real one says on demand: hundreds of runs, and what was deleted between two requests.
type Answer = { status: number; body: unknown } | "silence";
const notFound: Answer = { status: 404, body: { detail: "Not found" } };
const old = new Date(Date.now() - 3_600_000).toISOString();
let server: Server;
let runs: ReturnType<typeof runOf>[];
let special: Map<string, Answer>;
let requests: { line: string; at: number }[];
let proposals: { run: string; name: string; message: string }[];
let living: ChildProcess;
let own: string;
let alive: string;
let dead: string;

beforeAll(async () => {
  own = processMark(process.pid) ?? "";
  living = spawn("sleep", ["600"]);
  const dying = spawn("sleep", ["600"]);
  alive = processMark(living.pid ?? 0) ?? "";
  dead = processMark(dying.pid ?? 0) ?? "";
  dying.kill("SIGKILL");
  await once(dying, "exit");
});
afterAll(async () => {
  living.kill("SIGKILL");
  await once(living, "exit");
});
beforeEach(async () => {
  runs = [];
  special = new Map();
  requests = [];
  proposals = [];
  server = createServer(async (request, response) => {
    const path = (request.url ?? "").replace(/^\/api/, "");
    requests.push({ line: `${request.method} ${path}`, at: Date.now() });
    const answer = special.get(path) ?? answerTo(path, JSON.parse((await text(request)) || "{}"));
    if (answer === "silence") return;
    response
      .writeHead(answer.status, { "content-type": "application/json" })
      .end(JSON.stringify(answer.body));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
});
afterEach(async () => {
  const closed = once(server, "close");
  server.close();
  server.closeAllConnections();
  await closed;
});

function answerTo(path: string, body: { limit?: number; offset?: number; state?: State }): Answer {
  const ok = (value: unknown): Answer => ({ status: 200, body: value });
  const { limit = 200, offset = 0, state } = body;
  const [, id] = /^\/flow_runs\/(run-\d+)/.exec(path) ?? [];
  if (path === "/flow_runs/filter") return ok(runs.slice(offset, offset + limit));
  if (path.endsWith("/set_state") && id !== undefined && state !== undefined) {
    proposals.push({ run: id, name: state.name, message: state.message ?? "" });
    return ok({ status: "ACCEPT", state: { ...state, id: "new" }, details: {} });
  }
  if (id !== undefined) return ok(runs.find((run) => run.id === id) ?? null);
  if (path.startsWith("/deployments/")) return ok({ tags: [] });
  if (path === "/events/filter") return ok({ events: [] });
  return ok([]);
}

interface State {
  name: string;
  message?: string;
}

/** A Running run with the labels of a worker; without marks they are of another machine. */
function runOf(number: number, labels: { process?: string; worker?: string; claim?: string } = {}) {
  const { process: mark = "x/y/1/1", worker = "x/y/2/2", claim = "claim" } = labels;
  return {
    id: `run-${number}`,
    name: `run ${number}`,
    state_id: `state-${number}`,
    state_type: "RUNNING",
    deployment_id: `deployment-${number}`,
    tags: [],
    state: { id: `state-${number}`, type: "RUNNING", name: "Running", timestamp: old, state_details: {} },
    labels: {
      "prefect-ts.worker-name": "one",
      "prefect-ts.process": mark,
      "prefect-ts.worker-process": worker,
      "prefect-ts.claim": claim,
    },
  };
}

/** Searches until the condition holds. */
async function search(done: () => boolean): Promise<void> {
  const { port } = server.address() as AddressInfo;
  const settings = loadSettings({
    PREFECT_API_URL: `http://127.0.0.1:${port}/api`,
    PREFECT_TS_WORKER_LOST_RUNS_SECONDS: "0.2",
    PREFECT_WORKER_HEARTBEAT_SECONDS: "1",
    PREFECT_FLOWS_HEARTBEAT_FREQUENCY: "1",
  });
  const client = new PrefectClient(settings);
  const logger = pino({ enabled: false });
  const runLog = new RunLog(client, logger, true);
  const pool = { name: "pool" };
  const stop = new AbortController();
  const context = { client, settings, pool, workerName: "two", runLog, logger, onShutdown: "auto" } as const;
  const searching = watchLostRuns(context, () => new Set(), stop.signal);
  try {
    await waitFor(done, { what: "the search has come so far" });
  } finally {
    stop.abort();
    await searching;
    await runLog.flush();
    await client.close();
  }
}

const asked = (path: string) => requests.filter(({ line }) => line.endsWith(path)).length;
const givenUp = () => [...new Set(proposals.map(({ run, name }) => `${run} ${name}`))];

describe("the search for lost runs", () => {
  it("looks at all runs of a pool, however many there are", async () => {
    runs = Array.from({ length: 450 }, (_, number) => runOf(number, { process: alive, worker: dead }));
    runs[449] = runOf(449, { process: dead, worker: dead });
    await search(() => proposals.length > 0);
    expect(givenUp()).toEqual(["run-449 Crashed"]);
  });

  it("goes on after a run whose deployment is gone, that is gone itself, or that cannot be read", async () => {
    runs = [1, 2, 3, 4].map((number) => runOf(number, { process: dead, worker: dead }));
    special.set("/deployments/deployment-1", notFound);
    special.set("/flow_runs/run-2", notFound);
    special.set("/flow_runs/run-3", { status: 500, body: { detail: "broken" } });
    await search(() => proposals.some(({ run }) => run === "run-4"));
    expect(givenUp()).toEqual(["run-1 Crashed", "run-4 Crashed"]);
  });

  it("ends at once when the worker stops, whatever it waits for", async () => {
    runs = [runOf(1, { process: dead, worker: dead })];
    special.set("/deployments/deployment-1", "silence");
    await search(() => asked("/deployments/deployment-1") > 0);
    expect(proposals).toEqual([]);
  });

  it("gives up what this worker itself has dropped, once the run's process is gone", async () => {
    runs = [runOf(1, { process: alive, worker: own }), runOf(2, { process: dead, worker: own })];
    await search(() => proposals.length > 0);
    expect(givenUp()).toEqual(["run-2 Crashed"]);
    expect(proposals[0]?.message).toBe(
      "Worker 'one', which ran it, could not tell its end, and the run's process is gone.",
    );
  });

  it("leaves the dropped runs of another worker that lives to that worker", async () => {
    runs = [runOf(1, { process: dead, worker: alive })];
    await search(() => asked("/flow_runs/filter") > 2);
    expect(proposals).toEqual([]);
  });

  it("knows labels of an earlier try from those of the newest claim", async () => {
    runs = [runOf(1, { process: dead, worker: dead, claim: "earlier" })];
    const claims = ["earlier", "later"].map((id) => ({ id, message: "Claimed by worker 'one' (0123abcd)" }));
    special.set("/flow_run_states/?flow_run_id=run-1", { status: 200, body: claims });
    special.set("/work_pools/pool/workers/filter", { status: 200, body: [{ name: "one" }] });
    await search(() => asked("/flow_run_states/?flow_run_id=run-1") > 2);
    expect(proposals).toEqual([]);
  });

  it("believes that others are gone only after the server has been there for three heartbeats", async () => {
    runs = [runOf(1)];
    await search(() => proposals.length > 0);
    expect(givenUp()).toEqual(["run-1 Crashed"]);
    expect(Date.now() - (requests[0]?.at ?? 0)).toBeGreaterThanOrEqual(2_900);
  });

  it("schedules a run again that waited in its process for a retry, which is overdue", async () => {
    const waiting = runOf(1, { process: dead, worker: dead });
    const later = new Date(Date.now() + 3_600_000).toISOString();
    const retry = (scheduled_time: string) => ({
      state_type: "SCHEDULED",
      state: {
        ...waiting.state,
        type: "SCHEDULED",
        name: "AwaitingRetry",
        state_details: { scheduled_time },
      },
    });
    const policy = (retry_type: string) => ({ empirical_policy: { retries: 1, retry_type } });
    runs = [
      Object.assign(runOf(1, { process: dead, worker: dead }), retry(old), policy("in_process")),
      Object.assign(runOf(2, { process: dead, worker: dead }), retry(later), policy("in_process")),
      Object.assign(runOf(3, { process: dead, worker: dead }), retry(old), policy("reschedule")),
      Object.assign(runOf(4, { process: alive, worker: dead }), retry(old), policy("in_process")),
    ];
    await search(() => proposals.length > 0 && asked("/flow_runs/filter") > 2);
    expect(givenUp()).toEqual(["run-1 AwaitingRetry"]);
  });
});
