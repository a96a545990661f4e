import { randomUUID } from "node:crypto";
import { afterAll, afterEach, describe, expect, it, vi } from "vitest";
import { StateProposer } from "../../src/prefect/state-proposer.ts";
import { CancelledError } from "../../src/sdk/cancellation.ts";
import { emitEvent, type Flow, flow, logger, sleep, task, z } from "../../src/sdk/index.ts";
import { hidden } from "../../src/sdk/secret-value.ts";
import { ServerRuns } from "../sdk/support/run-on-server.ts";
import { sharedStack } from "../support/shared-stack.ts";
import { startStateProxy } from "../support/state-proxy.ts";
import { waitFor } from "../support/wait-for.ts";

const stack = await sharedStack("prefect");
const proxy = await startStateProxy(stack.prefect.apiUrl);
const runs = new ServerRuns(proxy.url);
afterEach(() => vi.restoreAllMocks());
afterAll(async () => {
  await runs.close();
  await proxy.close();
});

/** Names are the test's own: the server is everybody's. */
const unique = (name: string) => `${name} ${randomUUID().slice(0, 8)}`;
const never = () => new Promise<void>(() => undefined);

/** A timer of so many seconds fires when the test says so: what is to happen before it has the time that it needs. */
function timerOf(seconds: number): { fire: () => void } {
  const real = setTimeout;
  const timer = { fire: () => expect.fail(`no timer of ${seconds} s was set`) as unknown };
  const set: (...timer: Parameters<typeof real>) => NodeJS.Timeout = (call, milliseconds, ...rest) => {
    if (milliseconds !== seconds * 1000) return real(call, milliseconds, ...rest);
    timer.fire = call;
    return real(() => undefined, 0);
  };
  vi.spyOn(globalThis, "setTimeout").mockImplementation(set as typeof setTimeout);
  return timer;
}

describe("a flow run that takes longer than its time-out", () => {
  it("ends its task runs and subflow runs with it, also those that do not listen and those that wait for a turn", async () => {
    const begun: string[] = [];
    const deaf = task({ name: "Deaf", concurrency: 1 }, async () => {
      begun.push("deaf");
      await never();
    });
    const mute = task({ name: "Mute" }, async () => {
      begun.push("mute");
      await never();
    });
    const listens = task({ name: "Listens" }, () => sleep(600));
    const inner = flow({ name: unique("Inner") }, () => mute());
    const onFailure = [() => logger.info("said after the time-out")];
    const late = flow({ name: unique("Late"), timeoutSeconds: 777, onFailure }, async () => {
      for (const one of [deaf, deaf, listens]) one.submit();
      await inner();
    }) as unknown as Flow;
    const timer = timerOf(777);
    const flowRun = await runs.create(late);
    const running = runs.execute(late, flowRun);
    await waitFor(() => begun.length === 2, { what: "the tasks that do not listen have begun" });
    timer.fire();
    expect(await running).toMatchObject({ kind: "ended", stateName: "TimedOut" });
    const found = await runs.taskRuns(flowRun.id, 4);
    const reason = `Flow "${late.options.name}" exceeded its timeout of 777 seconds`;
    const crashed = { state_name: "Crashed", state: { message: reason } };
    expect(found["Deaf-0"]).toMatchObject(crashed);
    expect(found["Deaf-1"]).toMatchObject(crashed);
    expect(found["Listens-0"]).toMatchObject({ state_name: "Cancelled", state: { message: reason } });
    const child = found[`${inner.options.name}-0`]?.state.state_details.child_flow_run_id ?? "";
    expect(await runs.read(child)).toMatchObject({ state_name: "Crashed" });
    expect((await runs.taskRuns(child, 1))["Mute-0"]).toMatchObject(crashed);
    expect((await runs.logs(flowRun.id)).map(({ message }) => message)).toContain("said after the time-out");
  });
});

describe("a flow run that is cancelled", () => {
  const tidy = task({ name: "Tidy" }, () => sleep(0.02));

  it("has hooks that may wait and call tasks", async () => {
    const cancel = new AbortController();
    const tell = async () => {
      await sleep(0.02);
      await tidy();
      logger.info("tidied up");
    };
    const endless = flow({ name: unique("Endless"), onCancellation: [tell] }, async () => {
      cancel.abort(new CancelledError("a user asked for it"));
      await sleep(600);
    }) as unknown as Flow;
    const flowRun = await runs.create(endless);
    const outcome = await runs.execute(endless, flowRun, cancel.signal);
    expect(outcome).toMatchObject({ kind: "ended", stateType: "CANCELLED" });
    expect((await runs.taskRuns(flowRun.id, 1))["Tidy-0"]?.state_name).toBe("Completed");
    expect((await runs.logs(flowRun.id)).map(({ message }) => message)).toContain("tidied up");
  });

  it("while it waits for its next try has its hooks called", async () => {
    const cancel = new AbortController();
    const tell = vi.fn();
    const broken = flow(
      { name: unique("Broken"), retries: 1, retryDelaySeconds: 600, onCancellation: [tell] },
      () => {
        throw new Error("the roof leaks");
      },
    ) as unknown as Flow;
    const flowRun = await runs.create(broken);
    const running = runs.execute(broken, flowRun, cancel.signal);
    await waitFor(async () => (await runs.read(flowRun.id)).state_name === "AwaitingRetry", {
      what: "it waits for its next try",
    });
    cancel.abort(new CancelledError("a user asked for it"));
    expect(await running).toMatchObject({ kind: "ended", stateType: "CANCELLED" });
    expect(await runs.states(flowRun.id)).toEqual(["Pending", "Running", "AwaitingRetry", "Cancelled"]);
    expect(tell).toHaveBeenCalledOnce();
  });
});

describe("a subflow run", () => {
  class Connection {
    readonly host = "db";
  }

  it("gets the very values that it was called with; the server gets what people can read", async () => {
    const parameters = z.object({
      since: z.date(),
      connection: z.instanceof(Connection),
      rows: z.bigint(),
      password: z.unknown(),
    });
    const child = flow({ name: unique("Child"), parameters }, (given) => given);
    const password = hidden("musit");
    const given = { since: new Date("2026-01-02"), connection: new Connection(), rows: 5n, password };
    let got: unknown;
    const run = await runs.run(
      flow({ name: unique("Parent") }, async () => {
        got = await child(given);
      }),
    );
    expect(run.state_name).toBe("Completed");
    expect(got).toEqual(given);
    expect((got as typeof given).connection).toBe(given.connection);
    expect((got as typeof given).password).toBe(password);
    const standIn = Object.values(await runs.taskRuns(run.id, 1))[0];
    const { parameters: shown } = await runs.read(standIn?.state.state_details.child_flow_run_id ?? "");
    expect(shown).toEqual({
      since: "2026-01-02T00:00:00.000Z",
      connection: "<Connection>",
      rows: "5",
      password: "********",
    });
  });
});

describe("what is told of a run", () => {
  it("has its new name once it was renamed", async () => {
    let related: Record<string, string>[] = [];
    const run = await runs.run(
      flow({ name: unique("Renamed"), flowRunName: "load NHM" }, async () => {
        const resource = { "prefect.resource.id": "museum.botany" };
        ({ related } = await emitEvent({ event: "museum.loaded", resource }));
      }),
    );
    expect(related).toContainEqual({
      "prefect.resource.id": `prefect.flow-run.${run.id}`,
      "prefect.resource.role": "flow-run",
      "prefect.resource.name": "load NHM",
    });
  });

  it("is how long its tasks took, in all their tries", async () => {
    let tries = 0;
    const slow = task({ name: "Slow", retries: 1 }, async () => {
      tries += 1;
      await sleep(0.1);
      if (tries === 1) throw new Error("once more");
    });
    const run = await runs.run(flow({ name: unique("Durations") }, () => slow()));
    const found = (await runs.taskRuns(run.id, 1))["Slow-0"];
    // A timer of 100 ms may fire one early.
    expect(found?.total_run_time).toBeGreaterThan(0.19);
    expect(found?.estimated_run_time).toBeGreaterThan(0.19);
    expect(Date.parse(found?.end_time ?? "") - Date.parse(found?.start_time ?? "")).toBeGreaterThan(190);
  });
});

/** Answers that a server gives rarely, and on nobody's demand. */
describe("a server that answers to a proposed state", () => {
  const wait = {
    status: 200,
    body: {
      status: "WAIT",
      state: null,
      details: { type: "wait_details", delay_seconds: 0, reason: "not yet" },
    },
  };
  const abort = {
    status: 200,
    body: { status: "ABORT", state: null, details: { type: "abort_details", reason: "not this one" } },
  };

  const proposed = (type: string) => proxy.proposals.filter((one) => one.type === type).length;

  it("WAIT is asked again until it has decided", async () => {
    const before = proposed("RUNNING");
    for (let n = 0; n < 2; n += 1) proxy.next("RUNNING", "asked", () => wait);
    const run = await runs.run(flow({ name: unique("Waits") }, () => "done"));
    expect(run.state_name).toBe("Completed");
    expect(proposed("RUNNING") - before).toBe(3);
    expect(await runs.states(run.id)).toEqual(["Pending", "Running", "Completed"]);
  });

  it("ABORT to Running is obeyed: the flow does not run, and nothing more is proposed", async () => {
    const body = vi.fn();
    const never = flow({ name: unique("Aborted") }, body) as unknown as Flow;
    const flowRun = await runs.create(never);
    const before = proxy.proposals.length;
    proxy.next("RUNNING", "asked", () => abort);
    expect(await runs.execute(never, flowRun)).toEqual({ kind: "left", reason: "not this one" });
    expect(body).not.toHaveBeenCalled();
    expect(proxy.proposals).toHaveLength(before + 1);
    expect(await runs.states(flowRun.id)).toEqual(["Pending"]);
  });

  it("ABORT to its end leaves the run as it is, without hooks of an end that it did not come to", async () => {
    const tell = vi.fn();
    const done = flow({ name: unique("Refused"), onCompletion: [tell] }, () => "done") as unknown as Flow;
    const flowRun = await runs.create(done);
    proxy.next("COMPLETED", "asked", () => abort);
    expect(await runs.execute(done, flowRun)).toEqual({
      kind: "left",
      reason: "COMPLETED was refused: not this one",
    });
    expect(tell).not.toHaveBeenCalled();
    expect((await runs.read(flowRun.id)).state_name).toBe("Running");
  });

  it("WAIT and then ABORT to the claim of a worker: it is not the worker's", async () => {
    const flowRun = await runs.create(flow({ name: unique("Claimed") }, () => 1) as unknown as Flow);
    proxy.next("PENDING", "asked", () => wait);
    proxy.next("PENDING", "asked", () => abort);
    const verdict = await new StateProposer(runs.client.flowRuns, flowRun).claim("a worker");
    expect(verdict).toEqual({ kind: "aborted", reason: "not this one" });
  });
});
