import { randomUUID } from "node:crypto";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { sharedStack } from "../support/shared-stack.ts";
import { waitFor } from "../support/wait-for.ts";
import { genuinePrefect } from "./support/python.ts";
import { openScenario, type Scenario } from "./support/scenario.ts";

const stack = await sharedStack("prefect", "git");
let scenario: Scenario;
let prefect: Awaited<ReturnType<typeof genuinePrefect>>;

beforeAll(async () => {
  scenario = await openScenario(stack);
  const home = join(scenario.folder, "python");
  // Results lie in a folder that both sides know.
  const env = { ...stack.env, PREFECT_LOCAL_STORAGE_PATH: join(scenario.folder, "results") };
  prefect = await genuinePrefect(env, home);
  await scenario.startWorker([], { PREFECT_LOCAL_STORAGE_PATH: join(scenario.folder, "results") });
});
afterAll(() => scenario.close());

/** Reads a flow run as any Python program would: state, result, task runs, logs, artifacts, and runs of subflows. */
const reader = `
import asyncio, json, sys
from prefect.client.orchestration import get_client
from prefect.client.schemas.filters import FlowRunFilter, FlowRunFilterParentFlowRunId, LogFilter
from prefect.exceptions import PrefectException

async def read(client, id, deep=True):
    run = await client.read_flow_run(id)
    only = FlowRunFilter(id={"any_": [id]})
    tasks = await client.read_task_runs(flow_run_filter=only)
    logs = await client.read_logs(LogFilter(flow_run_id={"any_": [id]}))
    artifacts = await client.read_artifacts(flow_run_filter=only)
    children = []
    if deep:
        parent = FlowRunFilter(parent_flow_run_id=FlowRunFilterParentFlowRunId(any_=[id]))
        children = [await read(client, child.id, False) for child in await client.read_flow_runs(flow_run_filter=parent)]
    try:
        result = await run.state.aresult(raise_on_failure=False)
    except PrefectException as error:
        result = type(error).__name__
    return {
        "state": [run.state.type.value, run.state.name, run.state.message],
        "parameters": run.parameters,
        "result": repr(result),
        "tasks": sorted([task.name, task.state.name, sorted(task.tags), task.run_count] for task in tasks),
        "logs": [[log.level, log.name, log.message, log.task_run_id is not None] for log in logs],
        "artifacts": [[artifact.key, artifact.type, artifact.data] for artifact in artifacts],
        "subflows": children,
    }

async def main():
    async with get_client() as client:
        print(json.dumps([await read(client, id) for id in sys.argv[1:]]))

asyncio.run(main())
`;

interface RunAsPythonSeesIt {
  state: [string, string, string | null];
  parameters: Record<string, unknown>;
  result: string;
  tasks: [string, string, string[], number][];
  logs: [number, string, string, boolean][];
  artifacts: [string, string, unknown][];
  subflows: RunAsPythonSeesIt[];
}

describe("the genuine Python client reads a run of ours", () => {
  const key = `answer-${randomUUID().slice(0, 8)}`;
  let failed: string;
  let seen: RunAsPythonSeesIt;
  let failure: RunAsPythonSeesIt;

  beforeAll(async () => {
    const run = await scenario.run(await scenario.deployFixture("family"), { n: 21, key });
    failed = await scenario.run(await scenario.deployFixture("fails"));
    expect((await scenario.ended(run, 60_000)).state_name).toBe("Completed");
    expect((await scenario.ended(failed, 60_000)).state_name).toBe("Failed");
    // The server makes task runs of events, in its own time.
    const filter = {
      flow_runs: { id: { any_: [run] } },
      task_runs: { state: { type: { any_: ["COMPLETED"] } } },
    };
    await waitFor(
      async () => (await scenario.api.post<unknown[]>("/task_runs/filter", filter)).length === 2,
      {
        what: "the server has both task runs",
        timeoutMs: 60_000,
      },
    );
    [seen, failure] = (await prefect.python(reader, run, failed)) as [RunAsPythonSeesIt, RunAsPythonSeesIt];
  }, 240_000);

  it("with its state, parameters and result", () => {
    expect(seen.state.slice(0, 2)).toEqual(["COMPLETED", "Completed"]);
    expect(seen.parameters).toEqual({ n: 21, key });
    expect(seen.result).toBe("{'answer': 42, 'at': 'Tromsø'}");
  });

  it("with its task runs, logs and artifacts", () => {
    expect(seen.tasks).toEqual([
      ["Add-0", "Completed", ["arithmetic"], 1],
      ["Double-0", "Completed", [], expect.any(Number)],
    ]);
    expect(seen.logs).toContainEqual([30, "prefect.task_runs", "adds 42 and 0", true]);
    // The server makes one more, of the result that was kept.
    expect(seen.artifacts).toContainEqual([key, "markdown", "# The answer"]);
  });

  it("with the runs of its subflows", () => {
    expect(seen.subflows).toHaveLength(1);
    expect(seen.subflows[0]?.state[0]).toBe("COMPLETED");
    expect(seen.subflows[0]?.parameters).toEqual({ n: 21 });
    expect(seen.subflows[0]?.logs.map(([, , message]) => message)).toContain("doubles 21");
  });

  it("with the reason for which it failed, which the command line shows, too", async () => {
    const { state } = await scenario.read(failed);
    expect(failure.state).toEqual(["FAILED", "Failed", state.message]);
    expect(failure.result).toBe(`FailedRun('${state.message}')`);
    const [inspected, logs] = await Promise.all([
      prefect.cli("flow-run", "inspect", failed, "--output", "json"),
      prefect.cli("flow-run", "logs", failed),
    ]);
    expect(JSON.parse(inspected)).toMatchObject({ id: failed, state_type: "FAILED" });
    expect(logs).toContain("Encountered an exception during execution");
  }, 180_000);
});
