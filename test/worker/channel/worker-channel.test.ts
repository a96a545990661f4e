import pino from "pino";
import { afterEach, describe, expect, it } from "vitest";
import type { WorkPool } from "../../../src/prefect/api-types.ts";
import type { ApiSettings } from "../../../src/prefect/settings/settings.ts";
import type { CleanupHandlers } from "../../../src/worker/channel/cleanup-delivery.ts";
import { WorkerChannel } from "../../../src/worker/channel/worker-channel.ts";
import { CurrentPool } from "../../../src/worker/current-pool.ts";
import {
  type FakeChannelServer,
  type FakeSocket,
  type Message,
  startFakeChannelServer,
} from "../../support/fake-channel-server.ts";
import { waitFor } from "../../support/wait-for.ts";

let server: FakeChannelServer | undefined;
let stop = new AbortController();
let running: Promise<void> | undefined;

afterEach(async () => {
  stop.abort();
  await running;
  await server?.close();
  stop = new AbortController();
});

const poolWith = (description: string) =>
  ({
    id: "1",
    name: "pool",
    description,
    base_job_template: { variables: {} },
  }) as Partial<WorkPool> as WorkPool;
const snapshot = (sequence: number, description: string) => ({
  snapshot_sequence: sequence,
  reason: "work_pool_updated",
  work_pool: poolWith(description),
});
const framed = (type: string, payload: unknown): Message => ({
  type,
  id: "0",
  sent_at: "2026-01-01T00:00:00Z",
  payload,
});
const ready = (hello: Message, more: Message = {}) =>
  framed("worker.ready.v1", {
    consumer_id: (hello.payload as Message).consumer_id,
    worker_id: null,
    effective_heartbeat_interval_seconds: 30,
    accepted_capabilities: ["worker_heartbeat.v1", "work_pool_snapshot.v1"],
    initial_snapshot: snapshot(1, "initial"),
    ...more,
  });

/** Opens a channel to a server that answers as the test says. */
async function open(
  onMessage: (message: Message, socket: FakeSocket) => void,
  cleanup: CleanupHandlers = {},
) {
  server = await startFakeChannelServer(onMessage);
  const lines: string[] = [];
  const logger = pino({ level: "debug" }, { write: (line: string) => lines.push(line) });
  const settings = { apiUrl: server.url, customHeaders: {}, tlsInsecureSkipVerify: false } as ApiSettings;
  const pool = new CurrentPool(poolWith("at the start"));
  const worker = {
    consumerId: "11111111-1111-4111-8111-111111111111",
    pool: "pool",
    name: "one",
    type: "process",
    heartbeatSeconds: 30,
    workQueues: ["high"],
    baseJobTemplate: {},
  };
  const nothing = () => undefined;
  const channel = new WorkerChannel({
    ...{ settings, worker, pool, cleanup, logger },
    onState: nothing,
    onAlive: nothing,
  });
  running = channel.run(stop.signal);
  return { channel, pool, log: () => lines.join("") };
}

describe("the worker channel", () => {
  it("says hello with what the worker is and handles", async () => {
    const hellos: Message[] = [];
    const { channel } = await open(
      (message, socket) => {
        hellos.push(message.payload as Message);
        socket.send(ready(message));
      },
      { "cancelling_timeout_teardown.v1": async () => ({ operation: "ack" }) },
    );
    await waitFor(() => channel.healthy);
    expect(hellos).toMatchObject([
      {
        worker_name: "one",
        worker_type: "process",
        work_queue_names: ["high"],
        heartbeat_interval_seconds: 30,
        requested_capabilities: ["worker_heartbeat.v1", "work_pool_snapshot.v1", "cleanup_delivery.v1"],
        handled_cleanup_kinds: ["cancelling_timeout_teardown.v1"],
        max_cleanup_concurrency: 4,
      },
    ]);
  });

  it("asks for no cleanup when there is none that it handles", async () => {
    const hellos: Message[] = [];
    await open((message) => hellos.push(message.payload as Message));
    await waitFor(() => hellos[0]);
    expect(hellos[0]).toMatchObject({
      requested_capabilities: ["worker_heartbeat.v1", "work_pool_snapshot.v1"],
      max_cleanup_concurrency: 0,
    });
  });

  it("passes over snapshots that come late, and frames that it does not know", async () => {
    const { pool } = await open((message, socket) => {
      socket.send(ready(message));
      socket.send(framed("work_pool.snapshot.v1", snapshot(3, "third")));
      socket.send(framed("work_pool.snapshot.v1", snapshot(2, "second")));
      socket.send(framed("weather.v1", { rain: true }));
      socket.send(framed("work_pool.snapshot.v1", snapshot(4, "fourth")));
    });
    const seen: unknown[] = [];
    pool.follow(({ description }) => seen.push(description));
    await waitFor(() => pool.value.description === "fourth");
    expect(seen.filter((description) => description === "second")).toEqual([]);
  });

  it("counts sequences anew in each session", async () => {
    let sessions = 0;
    const { pool } = await open((message, socket) => {
      sessions += 1;
      socket.send(ready(message, { initial_snapshot: snapshot(1, `session ${sessions}`) }));
      if (sessions > 1) return;
      socket.send(framed("work_pool.snapshot.v1", snapshot(9, "ninth")));
      socket.close(1011, "transient_server_error");
    });
    await waitFor(() => pool.value.description === "session 2");
  });

  it.each([
    [
      "a ready for another worker",
      (hello: Message) => ready(hello, { consumer_id: "x" }),
      /another consumer/,
    ],
    [
      "a malformed ready",
      (hello: Message) => ready(hello, { initial_snapshot: {} }),
      /malformed worker.ready.v1/,
    ],
  ])("is left for good after %s", async (_, answer, reason) => {
    let hellos = 0;
    const { channel, log } = await open((message, socket) => {
      hellos += 1;
      socket.send(answer(message));
    });
    await running;
    expect(channel.state).toBe("unavailable");
    expect(log()).toMatch(reason);
    expect(hellos).toBe(1);
  });

  it("is opened again after words that are no JSON", async () => {
    let hellos = 0;
    const { channel } = await open((message, socket) => {
      hellos += 1;
      socket.send(hellos === 1 ? "}{" : ready(message));
    });
    await waitFor(() => channel.healthy);
    expect(hellos).toBe(2);
  });
});

describe("cleanup work", () => {
  const work = framed("cleanup.message.v1", {
    message_id: "m",
    kind: "cancelling_timeout_teardown.v1",
    reservation_token: "t",
    // Five seconds and a little: the lease is to be renewed at once.
    lease_expires_at: "2026-01-01T00:00:05.050Z",
    delivery_count: 1,
    target: { flow_run_id: "f" },
  });
  const result = (request: Message, status: string, more: Message = {}) =>
    framed("cleanup.operation_result.v1", { request_frame_id: request.id, message_id: "m", status, ...more });

  /** A server that delivers the work once and answers operations; gives their types. */
  async function deliver(
    handler: CleanupHandlers[string],
    answer: (request: Message, nth: number) => Message,
  ) {
    const operations: string[] = [];
    await open(
      (message, socket) => {
        if (message.type === "worker.hello.v1") {
          socket.send(ready(message));
          socket.send(work);
          // Delivered twice under one reservation: handled once.
          socket.send(work);
          return;
        }
        operations.push(String(message.type));
        socket.send(answer(message, operations.length));
      },
      { "cancelling_timeout_teardown.v1": handler },
    );
    return operations;
  }

  it("is handled once, its lease renewed meanwhile, and acknowledged", async () => {
    const renewed = Promise.withResolvers<void>();
    let handled = 0;
    const operations = await deliver(
      async () => {
        handled += 1;
        await renewed.promise;
        return { operation: "ack" };
      },
      (request) => {
        if (request.type === "cleanup.renew.v1") renewed.resolve();
        return result(request, "accepted", { lease_expires_at: "2026-01-01T01:00:00Z" });
      },
    );
    await waitFor(() => operations.includes("cleanup.ack.v1"));
    expect(operations).toEqual(["cleanup.renew.v1", "cleanup.ack.v1"]);
    expect(handled).toBe(1);
  });

  it("is given back when its handler fails, and told again after an error of the server", async () => {
    const operations = await deliver(
      async () => {
        throw new Error("no luck");
      },
      (request, nth) => result(request, nth === 1 ? "error" : "accepted"),
    );
    await waitFor(() => operations.length === 2);
    expect(operations).toEqual(["cleanup.release.v1", "cleanup.release.v1"]);
  });

  it("whose reservation is lost is neither acknowledged nor given back", async () => {
    const lost = Promise.withResolvers<void>();
    const operations = await deliver(
      async () => {
        await lost.promise;
        return { operation: "ack" };
      },
      (request) => {
        setImmediate(lost.resolve);
        return result(request, "expired");
      },
    );
    await lost.promise;
    stop.abort();
    await running;
    expect(operations).toEqual(["cleanup.renew.v1"]);
  });
});
