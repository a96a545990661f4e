import { randomUUID } from "node:crypto";
import { z } from "zod";
import type { JsonObject, WorkPool } from "../../prefect/api-types.ts";
import { ChannelError } from "./close-reasons.ts";

/** The only version of the protocol so far (`src/prefect/client/schemas/worker_channel.py`). */
export const CHANNEL_VERSION = "work_pool_worker_channel.v1";
export const CLEANUP_DELIVERY = "cleanup_delivery.v1";

/** Servers may add fields, so none is refused. The pool has the shape that `/work_pools/{name}` gives. */
const snapshot = z.looseObject({
  snapshot_sequence: z.int().positive(),
  reason: z.string(),
  work_pool: z.custom<WorkPool>(
    (value) => z.looseObject({ id: z.string(), name: z.string() }).safeParse(value).success,
  ),
});

const readyFrame = z.looseObject({
  type: z.literal("worker.ready.v1"),
  payload: z.looseObject({
    consumer_id: z.string(),
    effective_heartbeat_interval_seconds: z.number().positive(),
    initial_snapshot: snapshot,
  }),
});

const snapshotFrame = z.looseObject({ type: z.literal("work_pool.snapshot.v1"), payload: snapshot });

const cleanupFrame = z.looseObject({
  type: z.literal("cleanup.message.v1"),
  sent_at: z.string(),
  payload: z.looseObject({
    message_id: z.string(),
    kind: z.string(),
    reservation_token: z.string(),
    lease_expires_at: z.string(),
    target: z.looseObject({ flow_run_id: z.string(), infrastructure_pid: z.string().nullish() }),
  }),
});

const resultFrame = z.looseObject({
  type: z.literal("cleanup.operation_result.v1"),
  sent_at: z.string(),
  payload: z.looseObject({
    request_frame_id: z.string(),
    status: z.string(),
    lease_expires_at: z.string().nullish(),
  }),
});

const serverFrame = z.discriminatedUnion("type", [readyFrame, snapshotFrame, cleanupFrame, resultFrame]);

export type PoolSnapshot = z.infer<typeof snapshot>;
export type ReadyFrame = z.infer<typeof readyFrame>;
export type CleanupFrame = z.infer<typeof cleanupFrame>;
export type CleanupTarget = CleanupFrame["payload"]["target"];
export type OperationResultFrame = z.infer<typeof resultFrame>;
export type ServerFrame = z.infer<typeof serverFrame>;

const known = new Set<unknown>([
  "worker.ready.v1",
  "work_pool.snapshot.v1",
  "cleanup.message.v1",
  "cleanup.operation_result.v1",
]);

/**
 * Reads a frame of the server; undefined for a type that this worker does not know.
 * @throws ChannelError protocol_error
 */
export function readFrame(message: Record<string, unknown>): ServerFrame | undefined {
  if (!known.has(message.type)) return undefined;
  const read = serverFrame.safeParse(message);
  if (read.success) return read.data;
  throw new ChannelError("protocol_error", `malformed ${message.type}: ${z.prettifyError(read.error)}`);
}

/** A frame of the worker, with an id of its own. */
export function frame(type: string, payload: JsonObject): JsonObject & { id: string } {
  return { type, id: randomUUID(), sent_at: new Date().toISOString(), payload };
}
