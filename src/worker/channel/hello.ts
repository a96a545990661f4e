import type { JsonObject } from "../../prefect/api-types.ts";
import { CHANNEL_VERSION, CLEANUP_DELIVERY, frame } from "./frames.ts";

/** Who opens the channel. */
export interface ChannelWorker {
  /** The same at each opening of one worker. */
  consumerId: string;
  pool: string;
  name: string;
  type: string;
  heartbeatSeconds: number;
  workQueues: string[];
  /** Given to a pool that has none. */
  baseJobTemplate: JsonObject;
}

/** Cleanup messages that may be under way at once. */
const CLEANUP_CONCURRENCY = 4;

/** The worker's first frame. Cleanup is only asked for when there is a kind that it handles. */
export function hello(worker: ChannelWorker, cleanupKinds: string[]) {
  const cleans = cleanupKinds.length > 0;
  return frame("worker.hello.v1", {
    consumer_id: worker.consumerId,
    worker_name: worker.name,
    worker_type: worker.type,
    heartbeat_interval_seconds: Math.max(1, Math.round(worker.heartbeatSeconds)),
    supported_channel_versions: [CHANNEL_VERSION],
    requested_capabilities: [
      "worker_heartbeat.v1",
      "work_pool_snapshot.v1",
      ...(cleans ? [CLEANUP_DELIVERY] : []),
    ],
    work_queue_names: worker.workQueues,
    handled_cleanup_kinds: cleanupKinds,
    max_cleanup_concurrency: cleans ? CLEANUP_CONCURRENCY : 0,
    // The pool was made, where that was asked for, before the channel is opened.
    create_pool_if_not_found: false,
    default_base_job_template: worker.baseJobTemplate,
    worker_metadata: null,
  });
}
