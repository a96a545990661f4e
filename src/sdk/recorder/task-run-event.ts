import type { OutgoingEvent } from "../../prefect/outgoing-event.ts";
import type { TaskRun, TaskRunState } from "./recorder.ts";

/**
 * The event that records a task run's change of state: in Prefect 3 the server makes its task runs from these
 * (`emit_task_run_state_change_event` in `src/prefect/utilities/engine`, `task_run_recorder.py` on the server).
 */
export function taskRunEvent(
  taskRun: TaskRun,
  from: TaskRunState | undefined,
  to: TaskRunState,
  related: Record<string, string>[],
): OutgoingEvent {
  return {
    id: to.id,
    occurred: to.timestamp.toISOString(),
    event: `prefect.task-run.${to.name}`,
    ...(from && { follows: from.id }),
    resource: {
      "prefect.resource.id": `prefect.task-run.${taskRun.id}`,
      "prefect.resource.name": taskRun.name,
      "prefect.run-count": String(taskRun.runCount),
      "prefect.state-message": to.message ?? "",
      "prefect.state-name": to.name,
      "prefect.state-timestamp": to.timestamp.toISOString(),
      "prefect.state-type": to.type,
      "prefect.orchestration": "client",
    },
    related: [
      ...related,
      ...taskRun.tags.map((tag) => ({
        "prefect.resource.id": `prefect.tag.${tag}`,
        "prefect.resource.role": "tag",
      })),
    ],
    payload: {
      intended: { from: from?.type ?? null, to: to.type },
      initial_state: from === undefined ? null : stateBody(from),
      validated_state: { ...stateBody(to), data: null },
      task_run: {
        name: taskRun.name,
        task_key: taskRun.taskKey,
        dynamic_key: taskRun.dynamicKey,
        empirical_policy: {
          retries: taskRun.retries,
          retry_delay: taskRun.retryDelaySeconds,
          retry_jitter_factor: null,
        },
        tags: taskRun.tags,
        task_inputs: {},
        run_count: taskRun.runCount,
        flow_run_run_count: 0,
        expected_start_time: taskRun.expectedStart.toISOString(),
        ...(taskRun.start && { start_time: taskRun.start.toISOString() }),
        ...(taskRun.end && { end_time: taskRun.end.toISOString() }),
        total_run_time: taskRun.runTime / 1000,
      },
    },
  };
}

function stateBody(state: TaskRunState) {
  return { type: state.type, name: state.name, message: state.message ?? "", state_details: {} };
}
