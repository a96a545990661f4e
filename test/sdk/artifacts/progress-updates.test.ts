import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, expect, it } from "vitest";
import type { FlowRun } from "../../../src/prefect/api-types.ts";
import { PrefectClient } from "../../../src/prefect/client/client.ts";
import { ProgressUpdates } from "../../../src/sdk/artifacts/progress-updates.ts";
import type { RunServer } from "../../../src/sdk/recorder/run-server.ts";
import { waitFor } from "../../support/wait-for.ts";

const closers: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

/** A server that keeps what artifacts are set to; `status` is what it answers. */
async function artifactServer(status = 204) {
  const seen: { data: number; description?: string }[] = [];
  const server: Server = createServer((request, response) => {
    let text = "";
    request.setEncoding("utf8").on("data", (part: string) => {
      text += part;
    });
    request.on("end", () => {
      seen.push(JSON.parse(text));
      response.writeHead(status).end();
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const apiUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/api`;
  const client = new PrefectClient(
    {
      apiUrl,
      apiKey: undefined,
      authString: undefined,
      customHeaders: {},
      tlsInsecureSkipVerify: false,
      sslCertFile: undefined,
    },
    { retryFor: 0 },
  );
  closers.push(
    () => client.close(),
    async () => server.close(),
  );
  const run: RunServer = {
    client,
    flowRun: { id: "run" } as FlowRun,
    heartbeatSeconds: 30,
    related: [],
    emit: () => undefined,
    recorderOf: () => {
      throw new Error("there is no subflow here");
    },
    beforeFlush: new Set(),
    atEnd: new Set(),
  };
  return { run, seen, flush: () => Promise.all([...run.beforeFlush].map((send) => send())) };
}

it("a hundred thousand updates are a few requests, and the last value is sent before a flush ends", async () => {
  const { run, seen, flush } = await artifactServer();
  const updates = ProgressUpdates.of(run, "artifact");
  for (let n = 1; n <= 100_000; n += 1) {
    updates.set({ data: n / 1_000, ...(n === 1 && { description: "Records read" }) });
    // As a flow that awaits something between its updates.
    if (n % 1_000 === 0) await new Promise((done) => setImmediate(done));
  }
  await flush();
  expect(seen.at(-1)?.data).toBe(100);
  expect(seen.length).toBeLessThan(100);
  expect(seen.some(({ description }) => description === "Records read")).toBe(true);
  expect(run.beforeFlush.size).toBe(0);
});

it("a value that is not followed by another is sent without a flush", async () => {
  const { run, seen } = await artifactServer();
  ProgressUpdates.of(run, "artifact").set({ data: 1 });
  await waitFor(() => seen.length === 1, { what: "the first value is sent" });
  ProgressUpdates.of(run, "artifact").set({ data: 2 });
  await waitFor(() => seen.at(-1)?.data === 2, { what: "the second value is sent" });
});

it("each artifact has its own value", async () => {
  const { run, seen, flush } = await artifactServer();
  ProgressUpdates.of(run, "one").set({ data: 1 });
  ProgressUpdates.of(run, "two").set({ data: 2 });
  await flush();
  expect(seen.map(({ data }) => data).sort()).toEqual([1, 2]);
});

it("a server that refuses does not fail the run", async () => {
  const { run, seen, flush } = await artifactServer(404);
  ProgressUpdates.of(run, "artifact").set({ data: 1 });
  await flush();
  expect(seen).toHaveLength(1);
});
