import { randomUUID } from "node:crypto";
import type { JsonObject, WorkPool } from "../../prefect/api-types.ts";
import { ChannelError } from "./close-reasons.ts";
import { malformed } from "./frame-shapes.ts";

/** The only version of the protocol so far (`src/prefect/client/schemas/worker_channel.py`). */
export const CHANNEL_VERSION = "work_pool_worker_channel.v1";
export const CLEANUP_DELIVERY = "cleanup_delivery.v1";

export interface PoolSnapshot {
  snapshot_sequence: number;
  reason: string;
  /** In the shape that `/work_pools/{name}` gives. */
  work_pool: WorkPool;
}

export interface ReadyFrame {
  type: "worker.ready.v1";
  payload: {
    consumer_id: string;
    effective_heartbeat_interval_seconds: number;
    initial_snapshot: PoolSnapshot;
  };
}

interface SnapshotFrame {
  type: "work_pool.snapshot.v1";
  payload: PoolSnapshot;
}

export interface CleanupTarget {
  flow_run_id: string;
  infrastructure_pid?: string | null;
}

export interface CleanupFrame {
  type: "cleanup.message.v1";
  sent_at: string;
  payload: {
    message_id: string;
    kind: string;
    reservation_token: string;
    lease_expires_at: string;
    target: CleanupTarget;
  };
}

export interface OperationResultFrame {
  type: "cleanup.operation_result.v1";
  sent_at: string;
  payload: { request_frame_id: string; status: string; lease_expires_at?: string | null };
}

export type ServerFrame = ReadyFrame | SnapshotFrame | CleanupFrame | OperationResultFrame;

/**
 * Reads a frame of the server; undefined for a type that this worker does not know.
 * @throws ChannelError protocol_error
 */
export function readFrame(message: Record<string, unknown>): ServerFrame | undefined {
  const problem = malformed(message);
  if (problem === "unknown") return undefined;
  if (problem === undefined) return message as unknown as ServerFrame;
  throw new ChannelError("protocol_error", `malformed ${message.type}: ${problem}`);
}

/** A frame of the worker, with an id of its own. */
export function frame(type: string, payload: JsonObject): JsonObject & { id: string } {
  return { type, id: randomUUID(), sent_at: new Date().toISOString(), payload };
}
