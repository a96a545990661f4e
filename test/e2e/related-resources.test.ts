import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { sharedStack } from "../support/shared-stack.ts";
import { waitFor } from "../support/wait-for.ts";
import { openScenario, type Scenario } from "./support/scenario.ts";

const stack = await sharedStack("prefect", "git");

interface EventView {
  event: string;
  occurred: string;
  payload: { n?: number };
  related: Record<string, string>[];
}
interface Named {
  id: string;
  name: string;
}
interface FlowRunView extends Named {
  flow_id: string;
  work_queue_id: string;
  work_queue_name: string;
}

let scenario: Scenario;
let deployment: string;
/** Events of a run in the usual queue, of its subflow run, and of a run in another queue. */
let own: EventView[];
let ofChild: EventView[];
let elsewhere: EventView[];
let run: FlowRunView;
let child: FlowRunView;
let other: FlowRunView;

const prefix = `relates-${randomUUID().slice(0, 8)}`;
const limit = `${prefix}-limit`;
const taskEvents = ["Pending", "Running", "Completed"].map((state) => `prefect.task-run.${state}`);
const flowEvents = [
  `${prefix}.in-flow`,
  "prefect.artifact.created",
  "prefect.concurrency-limit.acquired",
  "prefect.concurrency-limit.released",
];
const told = [
  ...taskEvents,
  ...flowEvents,
  ...["in-task", "marked", "crowded", "counted"].map((name) => `${prefix}.${name}`),
];

/** Events that are related to a flow run, in the server's order by time. */
function eventsOf(id: string, names: string[]): Promise<EventView[]> {
  const filter = {
    event: { name: names },
    related: { id: [`prefect.flow-run.${id}`] },
    order: "ASC",
  };
  return waitFor(
    async () => {
      const { events } = await scenario.api.post<{ events: EventView[] }>("/events/filter", {
        filter,
        limit: 50,
      });
      return new Set(events.map(({ event }) => event)).size === names.length ? events : undefined;
    },
    { what: `all events of ${id}` },
  );
}

const read = (id: string) => scenario.api.get<FlowRunView>(`/flow_runs/${id}`);
const one = (role: string, { id, name }: Named) => ({
  "prefect.resource.id": `prefect.${role}.${id}`,
  "prefect.resource.role": role,
  "prefect.resource.name": name,
});
const tag = (name: string) => ({
  "prefect.resource.id": `prefect.tag.${name}`,
  "prefect.resource.role": "tag",
});
const related = (events: EventView[], name: string) => events.find(({ event }) => event === name)?.related;

/** Flow run, flow, deployment, work queue and work pool, as the server calls them. */
async function runtimeOf(flowRun: FlowRunView) {
  const queue = { id: flowRun.work_queue_id, name: flowRun.work_queue_name };
  return [
    one("flow-run", flowRun),
    one("flow", await scenario.api.get<Named>(`/flows/${flowRun.flow_id}`)),
    one("deployment", await scenario.api.get<Named>(`/deployments/${deployment}`)),
    one("work-queue", queue),
    one("work-pool", await scenario.api.get<Named>(`/work_pools/${scenario.pool}`)),
  ];
}

beforeAll(async () => {
  scenario = await openScenario(stack);
  await scenario.api.post("/v2/concurrency_limits/", { name: limit, limit: 1 });
  await scenario.api.post(`/work_pools/${scenario.pool}/queues`, { name: "urgent" });
  deployment = await scenario.deployFixture("relates");
  await scenario.startWorker();
  const more = { tags: ["of-run"] };
  const id = await scenario.run(deployment, { prefix, limit }, more);
  const otherId = await scenario.run(deployment, { prefix, limit }, { ...more, work_queue_name: "urgent" });
  for (const each of [id, otherId]) expect((await scenario.ended(each)).state_name).toBe("Completed");
  [run, other] = [await read(id), await read(otherId)];
  const [found] = await scenario.api.post<FlowRunView[]>("/flow_runs/filter", {
    flow_runs: { parent_flow_run_id: { any_: [id] } },
  });
  if (found === undefined) throw new Error(`Run ${id} has no subflow run.`);
  child = found;
  own = await eventsOf(id, told);
  ofChild = await eventsOf(child.id, [`${prefix}.in-subflow`]);
  elsewhere = await eventsOf(otherId, [`${prefix}.in-flow`]);
}, 120_000);
afterAll(() => scenario.close());

describe("events of a deployed run have, as Python's,", () => {
  it("the names of its flow, deployment, work queue and work pool, and its tags", async () => {
    const expected = [...(await runtimeOf(run)), tag("of-run")];
    expect(run.work_queue_name).toBe("default");
    for (const event of flowEvents) expect(related(own, event), event).toEqual(expected);
  });

  it("the queue that the run was put in, which need not be its deployment's", async () => {
    expect(other.work_queue_name).toBe("urgent");
    expect(related(elsewhere, `${prefix}.in-flow`)).toEqual([...(await runtimeOf(other)), tag("of-run")]);
  });

  it("the task run that they come from, and its tags among those of the run", async () => {
    const [flowRun, ...others] = await runtimeOf(run);
    const [taskRun] = await scenario.api.post<Named[]>("/task_runs/filter", {
      flow_runs: { id: { any_: [run.id] } },
      task_runs: { name: { like_: "Tells" } },
    });
    if (taskRun === undefined) throw new Error("There is no task run.");
    const expected = [flowRun, one("task-run", taskRun), ...others, tag("of-run"), tag("of-task")];
    expect(related(own, `${prefix}.in-task`)).toEqual(expected);
  });

  it("the same on the states of a task run, each tag once", async () => {
    const expected = [tag("of-run"), tag("of-task"), ...(await runtimeOf(run))];
    for (const event of taskEvents) expect(related(own, event), event).toEqual(expected);
  });

  it("what the caller has named himself as he has named it", async () => {
    const mark = { "prefect.resource.id": "prefect.tag.of-run", "prefect.resource.role": "mark" };
    expect(related(own, `${prefix}.marked`)).toEqual([mark, ...(await runtimeOf(run))]);
  });

  it("no more of these than the server takes, where the caller has named nearly a hundred", async () => {
    const crowded = related(own, `${prefix}.crowded`);
    expect(crowded).toHaveLength(100);
    expect(crowded?.slice(98)).toEqual((await runtimeOf(run)).slice(0, 2));
  });

  it("of a subflow run its own flow and tags, and nothing of its parent", async () => {
    const flow = await scenario.api.get<Named>(`/flows/${child.flow_id}`);
    expect(flow.name).toBe("Relates within");
    expect(related(ofChild, `${prefix}.in-subflow`)).toEqual([
      one("flow-run", child),
      one("flow", flow),
      tag("of-child"),
    ]);
  });
});

describe("events of one moment", () => {
  it("are in the order in which they were emitted", () => {
    const counted = own.filter(({ event }) => event === `${prefix}.counted`);
    expect(counted.map(({ payload }) => payload.n)).toEqual(Array.from({ length: 20 }, (_, n) => n));
    expect(new Set(own.map(({ occurred }) => occurred)).size).toBe(own.length);
  });

  it("say that a slot was acquired before it was released", () => {
    const names = own.map(({ event }) => event).filter((event) => event.includes("concurrency-limit"));
    expect(names).toEqual(["prefect.concurrency-limit.acquired", "prefect.concurrency-limit.released"]);
  });
});
