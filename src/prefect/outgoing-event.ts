/** An event as `/events/in` takes it (`src/prefect/events/schemas/events.py`). */
export interface OutgoingEvent {
  id: string;
  /** ISO 8601 with zone. */
  occurred: string;
  event: string;
  resource: Record<string, string>;
  related: Record<string, string>[];
  payload: Record<string, unknown>;
  follows?: string;
}
