import { randomUUID } from "node:crypto";
import type { OutgoingEvent } from "../../prefect/outgoing-event.ts";
import { currentScope } from "../context.ts";
import type { RunServer } from "../recorder/run-server.ts";

/** What tells one event from another; the rest follows from the run. */
export type EventParts = Pick<OutgoingEvent, "event" | "resource"> & Partial<OutgoingEvent>;

/**
 * Makes an event that is related to the current run, and to the task run if there is one
 * (`related_resources_from_run_context` in `src/prefect/events/related.py`).
 */
export function runEvent(server: RunServer | undefined, parts: EventParts): OutgoingEvent {
  const task = currentScope()?.taskRun;
  const own = parts.resource["prefect.resource.id"];
  const related = [...(parts.related ?? []), ...(server?.related ?? [])];
  if (server !== undefined && task !== undefined) {
    related.push({
      "prefect.resource.id": `prefect.task-run.${task.id}`,
      "prefect.resource.role": "task-run",
      "prefect.resource.name": task.name,
    });
  }
  return {
    id: randomUUID(),
    occurred: new Date().toISOString(),
    payload: {},
    ...parts,
    related: related.filter((resource) => resource["prefect.resource.id"] !== own),
  };
}
