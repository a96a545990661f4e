import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, expect, it, vi } from "vitest";
import { AcquireConcurrencySlotTimeoutError, concurrency, flow } from "../../src/sdk/index.ts";
import { waitFor } from "../support/wait-for.ts";

const closers: (() => void)[] = [];
afterEach(() => {
  for (const close of closers.splice(0)) close();
  vi.unstubAllEnvs();
});

/** A server with one limit, "db", whose answers a test decides; it is the one of the settings. */
async function limitServer(answers: { busy?: number; renewal?: number } = {}) {
  const asked: string[] = [];
  let busy = answers.busy ?? 0;
  const server = createServer((request, response) => {
    const path = (request.url ?? "").replace("/api/v2/concurrency_limits", "");
    asked.push(path.replace(/\/leases\/[^/]+/, ""));
    request.resume().on("end", () => {
      if (path !== "/increment-with-lease") {
        return response.writeHead(path.endsWith("/renew") ? (answers.renewal ?? 204) : 204).end();
      }
      busy -= 1;
      if (busy >= 0) return response.writeHead(423, { "retry-after": "0.05" }).end();
      const limits = [{ id: "1", name: "db", limit: 1 }];
      return response.writeHead(200).end(JSON.stringify({ lease_id: "lease", limits }));
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  closers.push(() => {
    server.close();
    server.closeAllConnections();
  });
  vi.stubEnv("PREFECT_API_URL", `http://127.0.0.1:${(server.address() as AddressInfo).port}/api`);
  return asked;
}

const count = (asked: string[], path: string) => asked.filter((one) => one === path).length;

it("a slot is asked for until it is given, renewed, and given back once", async () => {
  const asked = await limitServer({ busy: 3 });
  const result = await concurrency("db", {}, async (slots) => {
    await waitFor(() => count(asked, "/renew") > 0, { what: "the lease is renewed" });
    await slots.release();
    return 7;
  });
  expect(result).toBe(7);
  expect(count(asked, "/increment-with-lease")).toBe(4);
  expect(count(asked, "/decrement-with-lease")).toBe(1);
});

it("a slot is given back when the work throws", async () => {
  const asked = await limitServer();
  const work = concurrency("db", {}, () => {
    throw new Error("the roof leaks");
  });
  await expect(work).rejects.toThrow("the roof leaks");
  expect(count(asked, "/decrement-with-lease")).toBe(1);
});

it("waiting ends at its time-out, and when the run's own time is over", async () => {
  await limitServer({ busy: 1_000_000 });
  await expect(concurrency("db", { timeoutSeconds: 0.2 })).rejects.toThrow(
    AcquireConcurrencySlotTimeoutError,
  );
  const late = flow({ name: "Late", timeoutSeconds: 0.3 }, async () => void (await concurrency("db")));
  await expect(late()).rejects.toThrow("exceeded its timeout");
});

it("a lease that cannot be renewed ends the work under `strict`", async () => {
  await limitServer({ renewal: 410 });
  const work = concurrency("db", { strict: true }, ({ signal }) =>
    once(signal, "abort").then(() => "ended early"),
  );
  await expect(work).rejects.toThrow("The concurrency slot was lost");
});

it("a lease that cannot be renewed is a warning otherwise", async () => {
  await limitServer({ renewal: 410 });
  const said: string[] = [];
  const write = vi.spyOn(process.stderr, "write").mockImplementation((text) => {
    said.push(String(text));
    return true;
  });
  try {
    const work = concurrency("db", {}, async ({ signal }) => {
      await waitFor(() => said.some((line) => line.includes("was lost")), { what: "the loss is told" });
      return signal.aborted;
    });
    expect(await work).toBe(false);
  } finally {
    write.mockRestore();
  }
});

it("a function in the place of the options is refused, not left out", () => {
  // @ts-expect-error: that it does not compile is not seen by everybody
  expect(() => concurrency("db", () => "done")).toThrow("The function is the third argument");
});
