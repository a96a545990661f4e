/** What a field of a frame must be. Checked by hand: a library would cost every worker 10 MB. */
type Kind = "text" | "text or nothing" | "positive number" | "positive integer";

/** Field paths and what they must hold, by type of frame. Servers may add fields, so others are not looked at. */
const snapshot = (at: string): Record<string, Kind> => ({
  [`${at}.snapshot_sequence`]: "positive integer",
  [`${at}.reason`]: "text",
  [`${at}.work_pool.id`]: "text",
  [`${at}.work_pool.name`]: "text",
});

const shapes = new Map<unknown, Record<string, Kind>>([
  [
    "worker.ready.v1",
    {
      "payload.consumer_id": "text",
      "payload.effective_heartbeat_interval_seconds": "positive number",
      ...snapshot("payload.initial_snapshot"),
    },
  ],
  ["work_pool.snapshot.v1", snapshot("payload")],
  [
    "cleanup.message.v1",
    {
      sent_at: "text",
      "payload.message_id": "text",
      "payload.kind": "text",
      "payload.reservation_token": "text",
      "payload.lease_expires_at": "text",
      "payload.target.flow_run_id": "text",
      "payload.target.infrastructure_pid": "text or nothing",
    },
  ],
  [
    "cleanup.operation_result.v1",
    {
      sent_at: "text",
      "payload.request_frame_id": "text",
      "payload.status": "text",
      "payload.lease_expires_at": "text or nothing",
    },
  ],
]);

/** What is wrong with a server's frame; undefined for a good one, "unknown" for a type that this worker does not know. */
export function malformed(message: Record<string, unknown>): string | undefined {
  const shape = shapes.get(message.type);
  if (shape === undefined) return "unknown";
  for (const [path, kind] of Object.entries(shape)) {
    if (!isOf(kind, at(message, path))) return `${path} is not a ${kind}`;
  }
  return undefined;
}

function at(value: unknown, path: string): unknown {
  let found = value;
  for (const key of path.split(".")) {
    if (typeof found !== "object" || found === null) return undefined;
    found = (found as Record<string, unknown>)[key];
  }
  return found;
}

function isOf(kind: Kind, value: unknown): boolean {
  if (kind === "text") return typeof value === "string";
  if (kind === "text or nothing") return value === undefined || value === null || typeof value === "string";
  if (typeof value !== "number" || !(value > 0)) return false;
  return kind === "positive number" || Number.isInteger(value);
}
