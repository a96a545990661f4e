import type { OutgoingEvent } from "../../prefect/outgoing-event.ts";
import { cutText } from "../../prefect/well-formed.ts";
import { isoMicros } from "../micros.ts";
import type { State } from "../states.ts";
import type { TaskRun } from "./recorder.ts";
import { mergeRelated, type RelatedResource, relatedTags } from "./related-resources.ts";

/** Characters of a state's message that the server is told. */
const MESSAGE_LIMIT = 100_000;

/**
 * The event that records a task run's change of state: in Prefect 3 the server makes its task runs from these
 * (`emit_task_run_state_change_event` in `src/prefect/utilities/engine`, `task_run_recorder.py` on the server).
 */
export function taskRunEvent(
  taskRun: TaskRun,
  from: State | undefined,
  to: State,
  related: RelatedResource[],
): OutgoingEvent {
  const at = isoMicros(to.micros);
  return {
    id: to.id,
    occurred: at,
    event: `prefect.task-run.${to.name}`,
    ...(from && { follows: from.id }),
    resource: {
      "prefect.resource.id": `prefect.task-run.${taskRun.id}`,
      "prefect.resource.name": taskRun.name,
      "prefect.run-count": String(taskRun.runCount),
      "prefect.state-message": messageOf(to),
      "prefect.state-name": to.name,
      "prefect.state-timestamp": at,
      "prefect.state-type": to.type,
      "prefect.orchestration": "client",
    },
    // Most tasks have no tags, and thousands of events share one list then.
    related: taskRun.tags.length === 0 ? related : mergeRelated(relatedTags(taskRun.tags), related),
    payload: {
      intended: { from: from?.type ?? null, to: to.type },
      initial_state: from === undefined ? null : stateBody(from),
      validated_state: { ...stateBody(to), data: to.resultMetadata ?? null },
      task_run: {
        name: taskRun.name,
        task_key: taskRun.taskKey,
        dynamic_key: taskRun.dynamicKey,
        empirical_policy: {
          retries: taskRun.retries,
          retry_delay: taskRun.retryDelaySeconds,
          retry_jitter_factor: taskRun.retryJitterFactor,
        },
        tags: taskRun.tags,
        task_inputs: taskRun.inputs,
        run_count: taskRun.runCount,
        flow_run_run_count: taskRun.flowRunCount,
        expected_start_time: isoMicros(taskRun.expectedStart),
        ...(taskRun.start !== undefined && { start_time: isoMicros(taskRun.start) }),
        ...(taskRun.end !== undefined && { end_time: isoMicros(taskRun.end) }),
        total_run_time: taskRun.runTime / 1000,
      },
    },
  };
}

function stateBody(state: State) {
  return { type: state.type, name: state.name, message: messageOf(state), state_details: state.details };
}

function messageOf({ message = "" }: State): string {
  return message.length > MESSAGE_LIMIT ? `${cutText(message, MESSAGE_LIMIT)}...` : message;
}
