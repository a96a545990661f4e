import { randomUUID } from "node:crypto";
import { afterAll, describe, expect, it } from "vitest";
import { flow, task, z } from "../../src/sdk/index.ts";
import { type FlowRunView, ServerRuns } from "../sdk/support/run-on-server.ts";
import { sharedStack } from "../support/shared-stack.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";

const stack = await sharedStack("prefect");
const runs = new ServerRuns(stack.prefect.apiUrl);
afterAll(() => runs.close());

/** Names are the test's own: the server is everybody's. */
const unique = (name: string) => `${name} ${randomUUID().slice(0, 8)}`;
const bad = task({ name: "Bad" }, () => {
  throw new Error("the roof leaks");
});

/** The subflow runs of a run, and what stands for them in it. */
async function inside(parent: FlowRunView): Promise<{ subflows: FlowRunView[]; standIns: string[] }> {
  const subflows = await runs.api.post<FlowRunView[]>("/flow_runs/filter", {
    flow_runs: { parent_flow_run_id: { any_: [parent.id] } },
  });
  const standIns = await runs.api.post<{ id: string; task_key: string }[]>("/task_runs/filter", {
    flow_runs: { id: { any_: [parent.id] } },
  });
  return {
    subflows,
    standIns: standIns.filter(({ task_key }) => task_key.startsWith("subflow ")).map(({ id }) => id),
  };
}

describe("subflow runs of a flow that ends", () => {
  it("have ended before it, also those that were still being made when another branch failed", async () => {
    const ran: number[] = [];
    const sub = flow(
      { name: unique("Sub"), parameters: z.object({ n: z.number() }) },
      ({ n }) => void ran.push(n),
    );
    const parent = flow({ name: unique("Parent") }, () => Promise.all([bad(), sub({ n: 1 }), sub({ n: 2 })]));
    const run = await runs.run(parent);
    expect(run.state_name).toBe("Failed");
    const { subflows, standIns } = await inside(run);
    expect(subflows.map(({ state_name }) => state_name)).toEqual(["Completed", "Completed"]);
    expect(standIns).toHaveLength(2);
    expect(ran.toSorted()).toEqual([1, 2]);
  });

  it("have ended before it, also when nobody waited for them", async () => {
    const sub = flow({ name: unique("Sub") }, () => "done");
    const run = await runs.run(
      flow({ name: unique("Parent") }, () => {
        void sub();
      }),
    );
    expect(run.state_name).toBe("Completed");
    const { subflows } = await inside(run);
    expect(subflows.map(({ state_name }) => state_name)).toEqual(["Completed"]);
  });

  it("do not begin any more once it has failed", async () => {
    const sub = flow({ name: unique("Sub") }, () => "done");
    let last: Promise<unknown> | undefined;
    const branch = async () => {
      await sub();
      // By now the other branch has failed.
      await sub();
    };
    const run = await runs.run(
      flow({ name: unique("Parent") }, () => {
        last = branch();
        return Promise.all([bad(), last]);
      }),
    );
    await expect(last).rejects.toThrow("The flow failed before it was this task's turn.");
    expect(run.state_name).toBe("Failed");
    expect((await inside(run)).subflows).toHaveLength(1);
  });

  it("that wait for what never comes end with it, as Crashed", async () => {
    const never = task({ name: "Never" }, () => new Promise<number>(() => undefined));
    const sub = flow({ name: unique("Sub"), parameters: z.object({ n: z.number() }) }, ({ n }) => n);
    const parent = flow({ name: unique("Parent"), timeoutSeconds: 1 }, () => sub({ n: never.submit() }));
    const run = await runs.run(parent);
    expect(run.state_name).toBe("TimedOut");
    const { subflows } = await inside(run);
    expect(subflows.map(({ state_name }) => state_name)).toEqual(["Crashed"]);
  });
});

describe("a subflow run", () => {
  it("called in hooks is another one than that of the flow's function, and is not taken for its earlier try", async () => {
    const ran: string[] = [];
    const note = flow(
      {
        name: unique("Note"),
        parameters: z.object({ by: z.string() }),
        persistResult: true,
        resultStorage: await temporaryFolder(),
      },
      ({ by }) => {
        ran.push(by);
        return by;
      },
    );
    const seen: string[] = [];
    let tries = 0;
    const parent = flow(
      {
        name: unique("Parent"),
        retries: 1,
        onRunning: [() => note({ by: "running" }).then((by) => void seen.push(by))],
        onCompletion: [() => note({ by: "completion" }).then((by) => void seen.push(by))],
      },
      async () => {
        tries += 1;
        seen.push(await note({ by: "body" }));
        if (tries === 1) throw new Error("once more");
      },
    );
    const run = await runs.run(parent);
    expect(run.state_name).toBe("Completed");
    expect(seen).toEqual(["running", "body", "running", "body", "completion"]);
    expect(ran).toEqual(["running", "body", "running", "completion"]);
    const { subflows, standIns } = await inside(run);
    expect(new Set(subflows.map((one) => one.parent_task_run_id)).size).toBe(4);
    expect(standIns).toHaveLength(4);
  });

  it("shows the defaults of its parameters, to its hooks as well", async () => {
    const told: unknown[] = [];
    const parameters = z.object({ n: z.number(), museum: z.string().default("NHM") });
    const sub = flow(
      {
        name: unique("Sub"),
        parameters,
        onRunning: [(flowRun) => void told.push(flowRun.parameters)],
        onCompletion: [(flowRun) => void told.push(flowRun.parameters)],
      },
      () => "done",
    );
    const run = await runs.run(flow({ name: unique("Parent") }, () => sub({ n: 1 })));
    const [only] = (await inside(run)).subflows;
    expect(only?.parameters).toEqual({ n: 1, museum: "NHM" });
    expect(told).toEqual([
      { n: 1, museum: "NHM" },
      { n: 1, museum: "NHM" },
    ]);
  });
});
