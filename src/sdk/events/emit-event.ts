import type { OutgoingEvent } from "../../prefect/outgoing-event.ts";
import { openServerIfAny } from "../server.ts";
import { MAXIMUM_RELATED, runEvent } from "./run-event.ts";

/** Milliseconds within which one event may be said to follow another. */
const TIGHT_TIMING = 5 * 60_000;
/** What a server takes by default (`PREFECT_EVENTS_MAXIMUM_SIZE_BYTES` and its neighbours). */
const MAXIMUM_BYTES = 1_500_000;
const MAXIMUM_LABELS = 500;

/** Labels of something that an event is about; `prefect.resource.id` is required, `prefect.resource.name` is shown. */
export type EventResource = { "prefect.resource.id": string } & Record<string, string>;

export interface EventOptions {
  /** What happened, like `museum.records.loaded`. Automations match on it. */
  event: string;
  resource: EventResource;
  /** What else was involved; each with `prefect.resource.role`. The current run is added. */
  related?: (EventResource & { "prefect.resource.role": string })[];
  /** Any JSON. */
  payload?: Record<string, unknown>;
  /** Default now. */
  occurred?: Date;
  /** An event that came before this one; one of more than five minutes ago is not told. */
  follows?: Pick<OutgoingEvent, "id" | "occurred">;
}

/**
 * Sends an event, which automations can act on (`emit_event` in `src/prefect/events/utilities.py`). In a run it is
 * queued, and with the server before the run ends; elsewhere it goes to the server of the settings, and nowhere when
 * `PREFECT_API_URL` is not set.
 *
 * ```ts
 * await emitEvent({
 *   event: "museum.records.loaded",
 *   resource: { "prefect.resource.id": "museum.collection.botany", "prefect.resource.name": "Botany" },
 *   payload: { records: 1200 },
 * });
 * ```
 * @returns the event, for another one's `follows`
 * @throws TypeError when the server would refuse it
 */
export async function emitEvent(options: EventOptions): Promise<OutgoingEvent> {
  const { event, resource, related = [], payload = {}, occurred, follows } = options;
  check(options);
  await using server = openServerIfAny();
  const at = occurred?.getTime() ?? Date.now();
  const near = follows !== undefined && Math.abs(at - Date.parse(follows.occurred)) < TIGHT_TIMING;
  const outgoing = runEvent(server?.run, {
    event,
    resource,
    related,
    payload,
    ...(occurred && { occurred: occurred.toISOString() }),
    ...(near && { follows: follows.id }),
  });
  const size = Buffer.byteLength(JSON.stringify(outgoing));
  if (size > MAXIMUM_BYTES)
    throw new TypeError(
      `Event "${event}" is ${size} bytes large, and Prefect takes ${MAXIMUM_BYTES}: shorten its payload.`,
    );
  if (server?.run !== undefined) server.run.emit(outgoing);
  else await server?.client.emitEvents([outgoing]);
  return outgoing;
}

function check({ event, resource, related = [] }: EventOptions): void {
  if (event.trim() === "") throw new TypeError("An event needs a name: emitEvent({ event: … }).");
  if (related.length > MAXIMUM_RELATED)
    throw new TypeError(
      `Event "${event}" has ${related.length} related resources, and Prefect takes ${MAXIMUM_RELATED}.`,
    );
  for (const [what, labels] of [
    ["resource", resource] as const,
    ...related.map((one) => ["related", one] as const),
  ]) {
    if (!labels["prefect.resource.id"])
      throw new TypeError(`Event "${event}": a ${what} without "prefect.resource.id".`);
    if (what === "related" && !labels["prefect.resource.role"])
      throw new TypeError(
        `Event "${event}": ${labels["prefect.resource.id"]} is a related resource without "prefect.resource.role".`,
      );
    const wrong = Object.entries(labels).find(
      ([, value]: [string, unknown]) => typeof (value ?? "") !== "string",
    );
    if (wrong !== undefined)
      throw new TypeError(
        `Event "${event}": label "${wrong[0]}" is ${wrong[1]}, which is no text. Give text.`,
      );
    if (Object.keys(labels).length > MAXIMUM_LABELS)
      throw new TypeError(
        `Event "${event}": ${labels["prefect.resource.id"]} has more than ${MAXIMUM_LABELS} labels.`,
      );
  }
}
