import type { Logger } from "pino";
import type { PrefectClient } from "../prefect/client/client.ts";
import { errorText } from "../prefect/errors.ts";
import type { RequestOptions } from "../prefect/http/http.ts";
import type { WorkerChannel } from "./channel/worker-channel.ts";
import type { CurrentPool } from "./current-pool.ts";
import type { PausedNotice } from "./paused-notice.ts";
import type { Wake } from "./wake.ts";

export interface RestSync {
  client: PrefectClient;
  channel: Pick<WorkerChannel, "healthy" | "settled">;
  pool: CurrentPool;
  workerName: string;
  /** Seconds between heartbeats. */
  seconds: number;
  /** Queues whose pauses are told; empty: all of the pool. */
  workQueues: string[];
  notice: PausedNotice;
  /** Rung when the channel is lost, so that no heartbeat is missed, and when a queue has changed. */
  bell: Wake;
  logger: Logger;
  /** Told after each answer of the server. */
  onAnswer: () => void;
}

/** The server tells of a queue that is paused or goes on by an event, so one look in so many rounds is enough. */
const QUEUE_ROUNDS = 4;

/**
 * What the worker owes the server and no healthy channel does: heartbeat and a fresh look at the pool, every `seconds`
 * until `signal` fires. The queues, of which the channel says nothing, are looked at in any case, less often. A failure is only logged.
 */
export async function syncByRest(sync: RestSync, signal: AbortSignal): Promise<void> {
  await Promise.race([sync.channel.settled, aborted(signal)]);
  for (let round = 0, rung = true; !signal.aborted; round += 1) {
    await syncOnce(sync, signal, rung || round % QUEUE_ROUNDS === 0);
    rung = await sync.bell.wait(sync.seconds * 1000, signal);
  }
}

/** One round. Its first failure ends it: most often it is the server that is away. */
async function syncOnce(sync: RestSync, signal: AbortSignal, queues: boolean): Promise<void> {
  // One try each: the next round is the retry, and a worker that stops waits for none.
  const once = { signal, retryFor: 0 };
  const steps: [failure: string, request: () => Promise<void>][] = [];
  if (queues || !sync.channel.healthy)
    steps.push(["The work queues could not be read", () => readQueues(sync, once)]);
  if (!sync.channel.healthy) {
    steps.unshift(
      ["Heartbeat failed", () => beat(sync, once)],
      ["The work pool could not be read", () => readPool(sync, once)],
    );
  }
  for (const [failure, request] of steps) {
    try {
      await request();
      sync.onAnswer();
    } catch (error) {
      if (!signal.aborted) sync.logger.warn(`${failure}: ${errorText(error)}`);
      return;
    }
  }
}

function beat({ client, pool, workerName, seconds }: RestSync, once: RequestOptions): Promise<void> {
  return client.workPools.heartbeat(pool.value.name, workerName, Math.max(1, Math.round(seconds)), once);
}

async function readPool({ client, pool }: RestSync, once: RequestOptions): Promise<void> {
  const { revision } = pool;
  pool.replaceFromRest(await client.workPools.read(pool.value.name, once), revision);
}

async function readQueues(
  { client, pool, workQueues, notice }: RestSync,
  once: RequestOptions,
): Promise<void> {
  const { name } = pool.value;
  for (const queue of await client.workPools.queues(name, once)) {
    if (workQueues.length === 0 || workQueues.includes(queue.name)) notice.queue(name, queue);
  }
}

function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => signal.addEventListener("abort", () => resolve(), { once: true }));
}
