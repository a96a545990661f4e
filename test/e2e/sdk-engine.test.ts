import { randomUUID } from "node:crypto";
import { afterAll, describe, expect, it } from "vitest";
import { CancelledError } from "../../src/sdk/cancellation.ts";
import {
  Completed,
  Failed,
  type Flow,
  flow,
  getRunContext,
  type Hook,
  type HookFlowRun,
  INPUTS,
  logger,
  pauseFlowRun,
  type RunContext,
  resumeFlowRun,
  sleep,
  tags,
  task,
  z,
} from "../../src/sdk/index.ts";
import { ServerRuns } from "../sdk/support/run-on-server.ts";
import { sharedStack } from "../support/shared-stack.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";
import { waitFor } from "../support/wait-for.ts";

const stack = await sharedStack("prefect");
const runs = new ServerRuns(stack.prefect.apiUrl);
afterAll(() => runs.close());

/** Names are the test's own: the server is everybody's. */
const unique = (name: string) => `${name} ${randomUUID().slice(0, 8)}`;

describe("task runs on the server", () => {
  const rows = task({ name: "Rows" }, () => [{ id: 1 }, { id: 2 }]);
  const size = task({ name: "Size", tags: ["counted"] }, (list: unknown[]) => list.length);
  const broken = task({ name: "Broken" }, (): number => {
    throw new Error("the roof leaks", { cause: new Error("it rains") });
  });
  const add = task({ name: "Add", taskRunName: "{a} and {b}" }, (a: number, b: number) => a + b);

  it("have the dependencies that the UI draws: futures, results of earlier tasks, waitFor and parents", async () => {
    const inner = task({ name: "Inner" }, () => 1);
    const outer = task({ name: "Outer" }, () => inner());
    const run = await runs.run(
      flow({ name: unique("Inputs") }, async () => {
        const future = rows.submit();
        await size(future);
        const list = await future;
        await size(list);
        await size.withOptions({ waitFor: [future] })([]);
        await add(size.submit([list[0]]), 5);
        await outer();
        const numbers = task({ name: "Numbers" }, () => [1, 2]);
        await task({ name: "Mapped" }, (n: number) => n).map(await numbers.submit());
      }),
    );
    const found = await runs.taskRuns(run.id, 11);
    const from = (name: string) => [{ input_type: "task_run", id: found[name]?.id }];
    expect(found["Size-0"]?.task_inputs).toEqual({ list: from("Rows-0") });
    expect(found["Size-1"]?.task_inputs).toEqual({ list: from("Rows-0") });
    expect(found["Size-2"]?.task_inputs).toEqual({ wait_for: from("Rows-0") });
    expect(found["Size-3"]?.task_inputs).toEqual({ list: from("Rows-0") });
    expect(found["1 and 5"]?.task_inputs).toEqual({ a: from("Size-3") });
    expect(found["Inner-0"]?.task_inputs).toEqual({ __parents__: from("Outer-0") });
    expect(found["Mapped-0"]?.task_inputs).toEqual({ n: from("Numbers-0") });
    expect(found["Mapped-1"]?.task_inputs).toEqual({ n: from("Numbers-0") });
    expect(found["Size-0"]).toMatchObject({ tags: ["counted"], run_count: 1, flow_run_run_count: 1 });
  });

  it("go through Prefect's states: tried again at once and later, failed, not ready, cached", async () => {
    let calls = 0;
    const flaky = task({ name: "Flaky", retries: 2, retryDelaySeconds: [0.05, 0] }, () => {
      calls += 1;
      if (calls < 3) throw new Error(`failure ${calls}`);
    });
    const kept = task(
      { name: "Kept", cachePolicy: INPUTS, resultStorage: await temporaryFolder() },
      (n: number) => n,
    );
    const run = await runs.run(
      flow({ name: unique("States") }, async () => {
        await flaky();
        await kept(1);
        await kept(1);
        return [add.submit(broken.submit(), 1)];
      }),
    );
    expect(run).toMatchObject({ state_name: "Failed", state: { message: "1/1 states are not final." } });
    const found = await runs.taskRuns(
      run.id,
      5,
      ({ state_name }) => !["Pending", "Running"].includes(state_name),
    );
    const states = (name: string, last: string) => runs.taskStates(found[name]?.id ?? "", last);
    expect(await states("Flaky-0", "Completed")).toEqual([
      ...["Pending", "Running", "AwaitingRetry", "Retrying", "Retrying", "Completed"],
    ]);
    expect(await states("Kept-1", "Cached")).toEqual(["Pending", "Running", "Cached"]);
    expect(await states("Add-0", "NotReady")).toEqual(["Pending", "NotReady"]);
    expect(await states("Broken-0", "Failed")).toEqual(["Pending", "Running", "Failed"]);
    expect(found["Kept-1"]?.state.data).toMatchObject({ serializer: { type: "json" } });
    const logs = await runs.logs(run.id);
    const failure = logs.find(({ message }) => message.includes("the roof leaks"));
    expect(failure).toMatchObject({ level: 40, task_run_id: found["Broken-0"]?.id });
    expect(failure?.message).toContain("it rains");
    expect(failure?.message).toContain("sdk-engine.test.ts");
    expect(failure?.message).not.toContain("src/sdk/engine");
  });

  it("wait for a slot of their tag's limit on the server", async () => {
    const tag = unique("oracle");
    const limit = await runs.api.post<{ id: string }>("/v2/concurrency_limits/", {
      name: `tag:${tag}`,
      limit: 1,
    });
    let now = 0;
    let most = 0;
    const one = task({ name: "One", tags: [tag] }, async () => {
      now += 1;
      most = Math.max(most, now);
      await sleep(0.05);
      now -= 1;
    });
    const run = await runs.run(flow({ name: unique("Tags") }, () => one.map([1, 2] as never)));
    expect(run.state_name).toBe("Completed");
    expect(most).toBe(1);
    const { active_slots } = await runs.api.get<{ active_slots: number }>(
      `/v2/concurrency_limits/${limit.id}`,
    );
    expect(active_slots).toBe(0);
  });

  it("of a burst do not hold up the end of their flow run, and all come after it with what was logged", async () => {
    const tick = task({ name: "Tick" }, () => undefined);
    const run = await runs.run(
      flow({ name: unique("Burst") }, async () => {
        for (let n = 0; n < 150; n += 1) await tick();
      }),
    );
    expect(run.state_name).toBe("Completed");
    const logs = await runs.logs(run.id);
    const late = logs.filter(({ created }) => Date.parse(created) > Date.parse(run.state.timestamp));
    expect(logs.filter((log) => log.task_run_id !== null)).toHaveLength(150);
    expect(late.length).toBeGreaterThanOrEqual(150);
    await waitFor(
      async () => {
        const filter = { flow_runs: { id: { any_: [run.id] } } };
        const task_runs = { state: { type: { any_: ["COMPLETED"] } } };
        return (await runs.api.post<number>("/task_runs/count", { ...filter, task_runs })) === 150;
      },
      { what: "150 task runs are Completed on the server", timeoutMs: 120_000, everyMs: 250 },
    );
    // As many states as that would keep the server busy: what was over before it could be told is left out.
    const one = (await runs.taskRuns(run.id, 150))["Tick-149"];
    expect(await runs.taskStates(one?.id ?? "", "Completed")).toEqual(["Completed"]);
    expect(one).toMatchObject({ run_count: 1, state_type: "COMPLETED" });
    expect(Date.parse(one?.end_time ?? "")).toBeGreaterThanOrEqual(Date.parse(one?.start_time ?? ""));
  });
});

describe("flow runs on the server", () => {
  it("are named by their parameters, and end in the state that the flow returns", async () => {
    const named = flow(
      {
        name: unique("Named"),
        flowRunName: "load {museum} from {since}",
        parameters: z.object({ museum: z.string(), since: z.coerce.date() }),
      },
      () => Completed({ name: "Skipped", message: "there is nothing new" }),
    );
    const run = await runs.run(named, { museum: "NHM", since: "2020-01-01" });
    expect(run).toMatchObject({
      name: "load NHM from 2020-01-01T00:00:00.000Z",
      state_type: "COMPLETED",
      state_name: "Skipped",
      state: { message: "there is nothing new" },
    });
  });

  it("are tried again by the server after delays of a list, also for a returned Failed", async () => {
    let tries = 0;
    const flaky = flow({ name: unique("Flaky"), retries: 2, retryDelaySeconds: [0, 0.2] }, () => {
      tries += 1;
      return tries < 3 ? Failed({ message: `try ${tries}` }) : "done";
    });
    const run = await runs.run(flaky);
    expect(run).toMatchObject({ state_name: "Completed", run_count: 3 });
    expect(await runs.states(run.id)).toEqual([
      ...["Pending", "Running", "AwaitingRetry", "Running", "AwaitingRetry", "Running", "Completed"],
    ]);
  });

  it("keep their result where they are told to, and the state says where", async () => {
    const folder = await temporaryFolder();
    const run = await runs.run(
      flow({ name: unique("Keeps"), persistResult: true, resultStorage: folder }, () => ({ rows: 3 })),
    );
    expect(run.state.data).toMatchObject({ storage_key: expect.stringContaining(folder) });
  });

  it("that are cancelled end what they have begun as Cancelled", async () => {
    const cancel = new AbortController();
    const slow = task({ name: "Slow" }, async () => {
      cancel.abort(new CancelledError("a user asked for it"));
      await sleep(600);
    });
    const endless = flow({ name: unique("Endless") }, () => slow()) as unknown as Flow;
    const flowRun = await runs.create(endless);
    const outcome = await runs.execute(endless, flowRun, cancel.signal);
    expect(outcome).toMatchObject({ kind: "ended", stateType: "CANCELLED" });
    const found = await runs.taskRuns(flowRun.id, 1);
    expect(found["Slow-0"]).toMatchObject({
      state_name: "Cancelled",
      state: { message: "a user asked for it" },
    });
  });
});

describe("a subflow run", () => {
  const child = flow(
    { name: unique("Child"), parameters: z.object({ n: z.number() }), flowRunName: "child {n}" },
    async ({ n }) => {
      logger.info(`the child has ${n}`);
      if (n === 13) throw new Error("unlucky");
      return { doubled: n * 2 };
    },
  );
  const number = task({ name: "Number" }, (n: number) => n);
  const size = task({ name: "Size" }, (value: object) => Object.keys(value).length);

  it("is a flow run of its own, and a task run stands for it in the parent", async () => {
    const parent = flow({ name: unique("Parent") }, async () => {
      const result = await tags(["around"], () => child({ n: number.submit(21) }));
      await size(result);
      return result.doubled;
    });
    const run = await runs.run(parent);
    expect(run.state_name).toBe("Completed");
    const found = await runs.taskRuns(run.id, 3);
    const standIn = found[`${child.options.name}-0`];
    expect(standIn).toMatchObject({
      state_name: "Completed",
      task_inputs: { n: [{ input_type: "task_run", id: found["Number-0"]?.id }] },
    });
    const inner = await runs.read(standIn?.state.state_details.child_flow_run_id ?? "");
    expect(inner).toMatchObject({
      name: "child 21",
      state_name: "Completed",
      parent_task_run_id: standIn?.id,
      parameters: { n: 21 },
      tags: ["around"],
    });
    expect(found["Number-0"]?.tags).toContain("around");
    expect(found["Size-0"]?.tags).not.toContain("around");
    expect(found["Size-0"]?.task_inputs).toEqual({ value: [{ input_type: "flow_run", id: inner.id }] });
    expect((await runs.logs(inner.id)).map(({ message }) => message)).toContain("the child has 21");
    expect((await runs.logs(run.id)).map(({ message }) => message)).not.toContain("the child has 21");
  });

  it("knows its parent, and both know what the server knows of them, hooks as well", async () => {
    const told: HookFlowRun[] = [];
    const tell: Hook = (flowRun) => void told.push(flowRun);
    const inner = flow({ name: unique("Inner"), onCompletion: [tell] }, () => getRunContext());
    const seen: (RunContext | undefined)[] = [];
    const outer = flow({ name: unique("Outer"), onFailure: [tell] }, async () => {
      seen.push(getRunContext(), await tags(["around"], () => inner()));
      throw new Error("enough");
    });
    const run = await runs.run(outer);
    expect(run.state_name).toBe("Failed");
    const uiUrl = (id: string | undefined) =>
      `${stack.prefect.apiUrl.replace(/\/api$/, "")}/runs/flow-run/${id}`;
    const [parent, child] = seen;
    expect(parent).toMatchObject({ flowRunId: run.id, rootFlowRunId: run.id, uiUrl: uiUrl(run.id) });
    expect(parent).toMatchObject({ parentFlowRunId: undefined, flowRunTags: [], jobVariables: {} });
    expect(parent?.scheduledStartTime).toBeInstanceOf(Date);
    expect(child).toMatchObject({ parentFlowRunId: run.id, rootFlowRunId: run.id, flowRunTags: ["around"] });
    expect(child?.uiUrl).toBe(uiUrl(child?.flowRunId));
    expect(child?.parentTaskRunId).toEqual(expect.any(String));
    expect(told).toMatchObject([
      { id: child?.flowRunId, runCount: 1, tags: ["around"], startTime: expect.any(Date) },
      { id: run.id, runCount: 1, tags: [], startTime: expect.any(Date), deploymentId: undefined },
    ]);
  });

  it("that fails throws its error into the parent, which may catch it", async () => {
    const run = await runs.run(
      flow({ name: unique("Parent") }, async () => {
        const state = await child.returnState({ n: 13 });
        await expect(child({ n: 13 })).rejects.toThrow("unlucky");
        return state.message;
      }),
    );
    expect(run.state_name).toBe("Completed");
    const found = await runs.taskRuns(run.id, 2);
    expect(Object.values(found).map(({ state_name }) => state_name)).toEqual(["Failed", "Failed"]);
  });

  it("is tried again by itself, and not again by the parent's next try when its result is kept", async () => {
    let [calls, tries] = [0, 0];
    const keeps = flow(
      { name: unique("Keeps"), retries: 1, persistResult: true, resultStorage: await temporaryFolder() },
      () => {
        calls += 1;
        if (calls === 1) throw new Error("once");
        return calls;
      },
    );
    const run = await runs.run(
      flow({ name: unique("Parent"), retries: 1 }, async () => {
        tries += 1;
        const found = await keeps();
        if (tries === 1) throw new Error("after the child");
        return found === 2 ? Completed({ message: `found ${found}` }) : Failed();
      }),
    );
    expect(run).toMatchObject({ state_name: "Completed", state: { message: "found 2" }, run_count: 2 });
    expect([calls, tries]).toEqual([2, 2]);
  });
});

describe("a paused flow run", () => {
  const answer = z.object({
    approved: z.boolean().describe("May it go on?"),
    note: z.string().default("none"),
  });

  it("waits for input that the server checks by the flow's schema, and gets it typed", async () => {
    const asks = flow({ name: unique("Asks") }, async () => {
      const { approved, note } = await pauseFlowRun({
        waitForInput: answer,
        description: "# Look at the report",
        pollSeconds: 0.1,
      });
      return Completed({ message: `${approved} ${note}` });
    }) as unknown as Flow;
    const flowRun = await runs.create(asks);
    const running = runs.execute(asks, flowRun);
    const description = await waitFor(
      () => runs.client.flowRuns.readInput(flowRun.id, "paused-1-description"),
      { what: "the pause tells what it waits for" },
    );
    expect(description).toBe("# Look at the report");
    expect(await runs.client.flowRuns.readInput(flowRun.id, "paused-1-schema")).toMatchObject({
      type: "object",
      properties: { approved: { type: "boolean", description: "May it go on?" }, note: { default: "none" } },
    });
    process.env.PREFECT_API_URL = stack.prefect.apiUrl;
    await expect(resumeFlowRun(flowRun.id, { runInput: { approved: "perhaps" } })).rejects.toThrow(
      /cannot be resumed/,
    );
    await resumeFlowRun(flowRun.id, { runInput: { approved: true } });
    await running;
    expect(await runs.read(flowRun.id)).toMatchObject({
      state_name: "Completed",
      state: { message: "true none" },
    });
    expect(await runs.states(flowRun.id)).toEqual(["Pending", "Running", "Paused", "Running", "Completed"]);
    await expect(resumeFlowRun(flowRun.id)).rejects.toThrow(/not paused/);
  });

  it("fails when nobody resumes it in time", async () => {
    const run = await runs.run(
      flow({ name: unique("Alone") }, () => pauseFlowRun({ timeoutSeconds: 0.2, pollSeconds: 0.1 })),
    );
    expect(run.state_type).toBe("FAILED");
  });

  it("cannot be paused as a plain function", async () => {
    await expect(flow({ name: "Plain" }, () => pauseFlowRun())()).rejects.toThrow(
      /called as a plain function/,
    );
  });
});
