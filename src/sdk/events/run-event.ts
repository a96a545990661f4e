import { randomUUID } from "node:crypto";
import type { OutgoingEvent } from "../../prefect/outgoing-event.ts";
import { currentScope } from "../context.ts";
import { isoMicros, nextMicros } from "../micros.ts";
import { mergeRelated, relatedToTaskRun } from "../recorder/related-resources.ts";
import type { RunServer } from "../recorder/run-server.ts";

/** Related resources that a server takes by default (`PREFECT_EVENTS_MAXIMUM_RELATED_RESOURCES`). */
export const MAXIMUM_RELATED = 100;

/** What tells one event from another; the rest follows from the run. */
export type EventParts = Pick<OutgoingEvent, "event" | "resource"> & Partial<OutgoingEvent>;

/**
 * Makes an event that is related to the current run, and to the task run if there is one
 * (`related_resources_from_run_context` in `src/prefect/events/related.py`).
 */
export function runEvent(server: RunServer | undefined, parts: EventParts): OutgoingEvent {
  const task = currentScope()?.taskRun;
  const ofFlowRun = server?.related ?? [];
  const ofRun = server === undefined || task === undefined ? ofFlowRun : relatedToTaskRun(ofFlowRun, task);
  const related = mergeRelated(parts.related ?? [], ofRun, parts.resource["prefect.resource.id"]);
  return {
    id: randomUUID(),
    // The server sorts events by their time alone.
    occurred: isoMicros(nextMicros()),
    payload: {},
    ...parts,
    // The server refuses an event with more, so what its run adds is cut rather than the event lost.
    related: related.slice(0, MAXIMUM_RELATED),
  };
}
