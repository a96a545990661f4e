import { randomUUID } from "node:crypto";
import { afterEach, beforeEach, expect, it } from "vitest";
import { PrefectClient } from "../../../src/prefect/client/client.ts";
import { loadSettings } from "../../../src/prefect/settings/settings.ts";
import { holdLease } from "../../../src/sdk/engine/keep-alive.ts";
import { type FaultProxy, startFaultProxy } from "../../support/fault-proxy.ts";
import { type PrefectApi, prefectApi } from "../../support/prefect-api.ts";
import { sharedStack } from "../../support/shared-stack.ts";
import { waitFor } from "../../support/wait-for.ts";

const stack = await sharedStack("prefect");
const EVERY = 0.1;
let proxy: FaultProxy;
let client: PrefectClient;
let api: PrefectApi;
let lease: string;
let lost: string[];

beforeEach(async () => {
  proxy = await startFaultProxy({ target: stack.prefect.apiUrl });
  client = new PrefectClient(loadSettings({ PREFECT_API_URL: proxy.url }));
  api = prefectApi(stack.prefect.apiUrl);
  lost = [];
  const name = `slot ${randomUUID()}`;
  await api.post("/v2/concurrency_limits/", { name, limit: 1 });
  const taken = await api.post<{ lease_id: string }>("/v2/concurrency_limits/increment-with-lease", {
    ...{ names: [name], slots: 1, mode: "concurrency", lease_duration: 60 },
  });
  lease = taken.lease_id;
});
afterEach(async () => {
  await client.close();
  await proxy.close();
});

const renewals = () => proxy.requests.filter((line) => line.endsWith(`/leases/${lease}/renew`)).length;
const hold = () => holdLease(client, lease, (error) => lost.push(error.message), EVERY);

it("a lease is renewed again and again, and no more once it is let go", async () => {
  {
    using _ = hold();
    await waitFor(() => renewals() >= 3, { what: "three renewals" });
  }
  const before = renewals();
  const since = performance.now();
  await waitFor(() => performance.now() - since > EVERY * 5_000, { what: "the time of some renewals" });
  expect(renewals()).toBe(before);
  expect(lost).toEqual([]);
});

it("a server that is away for a moment costs no lease", async () => {
  using _ = hold();
  proxy.answer(503, {}, 2, /renew$/);
  await waitFor(() => renewals() >= 5, { what: "renewals after the refusals" });
  expect(lost).toEqual([]);
});

it("a lease that the server no longer knows is told once", async () => {
  using _ = hold();
  await waitFor(() => renewals() >= 1, { what: "a renewal" });
  await api.post("/v2/concurrency_limits/decrement-with-lease", { lease_id: lease });
  await waitFor(() => lost.length > 0, { what: "the loss is told" });
  expect(lost).toEqual([expect.stringMatching(/concurrency slot was lost: .*410.*may have expired/)]);
});
