import { randomUUID } from "node:crypto";
import type { Bench } from "./bench.ts";
import { taskRunsCompleted } from "./task-runs.ts";

const AT_ONCE = 250;

/**
 * The least that makes task runs visible: one event each, `Completed`, given to the server as fast as it takes them.
 * No flow, no worker, no log.
 * @returns seconds until the server counts all of them
 */
export async function recordCompleted(bench: Bench, count: number): Promise<number> {
  const { api } = bench;
  const { id: flow_id } = await api.post<{ id: string }>("/flows/", { name: "Bench tasks" });
  const run = await api.post<{ id: string }>("/flow_runs/", { flow_id, state: { type: "RUNNING" } });
  const begun = performance.now();
  for (let left = count; left > 0; left -= AT_ONCE) {
    const length = Math.min(left, AT_ONCE);
    await api.post(
      "/events",
      Array.from({ length }, () => completedEvent(run.id)),
    );
  }
  await taskRunsCompleted(bench, run.id, count);
  return (performance.now() - begun) / 1000;
}

/** As the server's `task_run_recorder.py` reads it. */
function completedEvent(flowRun: string) {
  const [event, taskRun, now] = [randomUUID(), randomUUID(), new Date().toISOString()];
  return {
    id: event,
    occurred: now,
    event: "prefect.task-run.Completed",
    resource: {
      "prefect.resource.id": `prefect.task-run.${taskRun}`,
      "prefect.resource.name": "No-op",
      "prefect.run-count": "1",
      "prefect.state-message": "",
      "prefect.state-name": "Completed",
      "prefect.state-timestamp": now,
      "prefect.state-type": "COMPLETED",
      "prefect.orchestration": "client",
    },
    related: [{ "prefect.resource.id": `prefect.flow-run.${flowRun}`, "prefect.resource.role": "flow-run" }],
    payload: {
      intended: { from: null, to: "COMPLETED" },
      initial_state: null,
      validated_state: { type: "COMPLETED", name: "Completed", message: "", state_details: {}, data: null },
      task_run: {
        ...{
          name: "No-op",
          task_key: "No-op",
          dynamic_key: taskRun,
          empirical_policy: {},
          tags: [],
          task_inputs: {},
        },
        ...{ run_count: 1, flow_run_run_count: 1, expected_start_time: now, start_time: now, end_time: now },
        total_run_time: 0,
      },
    },
  };
}
