import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { FlowRun } from "../../src/prefect/api-types.ts";
import { claimId } from "../../src/prefect/claim.ts";
import { PrefectClient } from "../../src/prefect/client/client.ts";
import { loadSettings } from "../../src/prefect/settings/settings.ts";
import { StateProposer } from "../../src/prefect/state-proposer.ts";
import { completed, state } from "../../src/prefect/states.ts";
import { prefectApi } from "../support/prefect-api.ts";
import { sharedStack } from "../support/shared-stack.ts";

const stack = await sharedStack("prefect");
const api = prefectApi(stack.prefect.apiUrl, stack.prefect.authString);
const name = `claims-${randomUUID().slice(0, 8)}`;
let client: PrefectClient;
let deployment: string;
let flowRun: FlowRun;

beforeAll(async () => {
  client = new PrefectClient(loadSettings(stack.env));
  await api.post("/work_pools/", { name, type: "process" });
  const flow = await api.post<{ id: string }>("/flows/", { name });
  deployment = (
    await api.post<{ id: string }>("/deployments/", { name, flow_id: flow.id, work_pool_name: name })
  ).id;
});
beforeEach(async () => {
  flowRun = await api.post<FlowRun>(`/deployments/${deployment}/create_flow_run`, {
    idempotency_key: randomUUID(),
    state: { type: "SCHEDULED", name: "Scheduled" },
  });
});
afterAll(async () => {
  await api.delete(`/work_pools/${name}`);
  await client.close();
});

const proposer = (run = flowRun) => new StateProposer(client.flowRuns, run);

describe("a claim", () => {
  it("is given to one of two workers that ask at once", async () => {
    const verdicts = await Promise.all([proposer().claim("a"), proposer().claim("b")]);
    expect(verdicts.filter((verdict) => verdict.kind === "accepted")).toHaveLength(1);
  });

  it.each(["Completed", "Failed", "Crashed"])(
    "is refused to a worker that comes when the run is %s already",
    async (end) => {
      const first = proposer();
      await first.claim("a");
      await first.running();
      await first.final(
        end === "Completed" ? completed() : state(end === "Failed" ? "FAILED" : "CRASHED", end),
      );
      expect((await proposer().claim("late")).kind).toBe("rejected");
      expect((await client.flowRuns.read(flowRun.id)).state_name).toBe(end);
    },
  );

  it("is refused after the run has become Late and ended, too", async () => {
    const seenBefore = flowRun;
    await client.flowRuns.setState(flowRun.id, {
      ...state("SCHEDULED", "Late"),
      state_details: { transition_id: randomUUID(), scheduled_time: flowRun.next_scheduled_start_time },
    });
    const late = await client.flowRuns.read(flowRun.id);
    expect(late.state_name).toBe("Late");
    const first = proposer(late);
    await first.claim("a");
    await first.running();
    await first.final(completed());
    expect((await proposer(seenBefore).claim("b")).kind).toBe("rejected");
  });

  it("is possible again when a user has the run run again", async () => {
    const first = proposer();
    await first.claim("a");
    await first.running();
    await first.final(completed());
    await client.flowRuns.setState(flowRun.id, state("SCHEDULED", "AwaitingRetry"));
    expect((await proposer(await client.flowRuns.read(flowRun.id)).claim("b")).kind).toBe("accepted");
  });

  it("whose answer was lost on the way is still this worker's, and no other's", async () => {
    const sent: Parameters<typeof client.flowRuns.setState>[1][] = [];
    const losesFirst = {
      setState: async (...args: Parameters<typeof client.flowRuns.setState>) => {
        sent.push(args[1]);
        // What the HTTP client does when the connection breaks after the server has the request: it sends it again.
        await client.flowRuns.setState(...args);
        return client.flowRuns.setState(...args);
      },
    } as typeof client.flowRuns;
    expect((await new StateProposer(losesFirst, flowRun).claim("a")).kind).toBe("accepted");
    expect((await proposer().claim("a")).kind).toBe("rejected");
    expect(sent).toHaveLength(1);
  });

  it("may end without having run", async () => {
    const claimed = proposer();
    await claimed.claim("a");
    expect((await claimed.crashed("it could not start")).kind).toBe("accepted");
    expect((await client.flowRuns.read(flowRun.id)).state).toMatchObject({
      name: "Crashed",
      message: "it could not start",
    });
  });

  it("of a run that was deleted is gone, which is no error", async () => {
    await api.delete(`/flow_runs/${flowRun.id}`);
    expect((await proposer().claim("a")).kind).toBe("gone");
  });
});

describe("the process of a claimed run whose worker is gone", () => {
  const alone = (run = flowRun) => new StateProposer(client.flowRuns, run, () => true);
  const nowIn = async () => (await client.flowRuns.read(flowRun.id)).state_name;

  it("goes on while the claim holds", async () => {
    await proposer().claim("a");
    expect((await alone().running()).kind).toBe("accepted");
  });

  it("goes on after a retry that the server has granted to it", async () => {
    await client.flowRuns.update(flowRun.id, { empirical_policy: { retries: 1, retry_delay: 0 } });
    await proposer().claim("a");
    const process = alone();
    await process.running();
    expect(await process.final(state("FAILED", "Failed"))).toMatchObject({
      kind: "rejected",
      state: { name: "AwaitingRetry" },
    });
    expect((await process.running()).kind).toBe("accepted");
  });

  it.each<[string, () => Promise<unknown>]>([
    ["Crashed", async () => proposer(await client.flowRuns.read(flowRun.id)).crashed("given up")],
    ["AwaitingRetry", async () => proposer(await client.flowRuns.read(flowRun.id)).reschedule("given up")],
    [
      "Pending",
      async () => {
        await proposer().reschedule("given up");
        await proposer(await client.flowRuns.read(flowRun.id)).claim("another");
      },
    ],
  ])("does not begin when the run was given up meanwhile, and is %s", async (name, giveUp) => {
    await proposer().claim("a");
    await giveUp();
    const refused = { kind: "aborted", reason: expect.stringContaining(`it is ${name} now`) };
    expect(await alone().running()).toEqual(refused);
    expect(await alone().crashed("it could not be prepared")).toEqual(refused);
    expect(await nowIn()).toBe(name);
  });

  it("does not begin its retry when the run was given up while it waited", async () => {
    await client.flowRuns.update(flowRun.id, { empirical_policy: { retries: 1, retry_delay: 0 } });
    await proposer().claim("a");
    const process = alone();
    await process.running();
    await process.final(state("FAILED", "Failed"));
    await proposer(await client.flowRuns.read(flowRun.id)).reschedule("given up");
    expect((await process.running()).kind).toBe("aborted");
    expect(await nowIn()).toBe("AwaitingRetry");
  });
});

it("every worker derives the same claim for one scheduling, and another for the next", () => {
  const run = { id: "a", run_count: 0, next_scheduled_start_time: "2026-01-01T00:00:00Z" };
  expect(claimId(run)).toBe(claimId({ ...run }));
  expect(claimId(run)).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  const others = [
    { ...run, run_count: 1 },
    { ...run, id: "b" },
    { ...run, next_scheduled_start_time: "2026-01-02T00:00:00Z" },
  ];
  expect(new Set([run, ...others].map(claimId)).size).toBe(4);
});
