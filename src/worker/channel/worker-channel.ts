import { setTimeout as sleep } from "node:timers/promises";
import type { Logger } from "pino";
import type { Backoff } from "../../prefect/retry-delay.ts";
import { retryDelay } from "../../prefect/retry-delay.ts";
import type { ApiSettings } from "../../prefect/settings/settings.ts";
import type { CurrentPool } from "../current-pool.ts";
import { CleanupDelivery, type CleanupHandlers } from "./cleanup-delivery.ts";
import { ChannelError } from "./close-reasons.ts";
import type { PoolSnapshot, ServerFrame } from "./frames.ts";
import type { ChannelWorker } from "./hello.ts";
import { type ChannelSession, openSession } from "./session.ts";

export type ChannelStateName = "connecting" | "healthy" | "retrying" | "unavailable";

export interface WorkerChannelOptions {
  settings: ApiSettings;
  worker: ChannelWorker;
  pool: CurrentPool;
  cleanup: CleanupHandlers;
  logger: Logger;
  /** Told whenever the state changes. */
  onState: (state: ChannelStateName) => void;
  /** Told when the server has shown that it is there. */
  onAlive: () => void;
}

/** Waits between openings, as Prefect's: 1 s, 2 s, 4 s … 30 s; the jitter is ours. */
const channelBackoff: Backoff = { first: 1_000, factor: 2, max: 30_000, jitter: 0.3 };

/**
 * The worker channel of newer servers: heartbeats go out, snapshots of the pool and cleanup work come in. It is opened
 * again whenever it is lost, until the server gives a reason that no retry can help.
 */
export class WorkerChannel {
  #options: WorkerChannelOptions;
  #state: ChannelStateName = "connecting";
  #settled = Promise.withResolvers<void>();

  constructor(options: WorkerChannelOptions) {
    this.#options = options;
  }

  /** When not healthy, heartbeats and the pool go over REST. */
  get healthy(): boolean {
    return this.#state === "healthy";
  }

  get state(): ChannelStateName {
    return this.#state;
  }

  /** Resolves when the first opening has succeeded or failed. */
  get settled(): Promise<void> {
    return this.#settled.promise;
  }

  /** Keeps the channel open until `signal` fires. Never throws. */
  async run(signal: AbortSignal): Promise<void> {
    for (let failures = 0; !signal.aborted; ) {
      const { error, wasHealthy } = await this.#once(signal);
      if (signal.aborted) break;
      if (!error.retryable) {
        this.#options.logger.info(
          `No worker channel to this server (${error.message}): heartbeats and pool go over REST.`,
        );
        this.#set("unavailable");
        break;
      }
      this.#options.logger.debug(`Worker channel lost, REST until it is back: ${error.message}`);
      this.#set("retrying");
      failures = wasHealthy ? 1 : failures + 1;
      await sleep(retryDelay(failures, channelBackoff, Math.random()), undefined, { signal }).catch(
        () => undefined,
      );
    }
    this.#settled.resolve();
  }

  /** One session from its opening to its end. */
  async #once(signal: AbortSignal): Promise<{ error: ChannelError; wasHealthy: boolean }> {
    const { settings, worker, pool, cleanup: handlers, logger, onAlive } = this.#options;
    let session: ChannelSession | undefined;
    // There from the start: the first message may come together with `ready`.
    const cleanup = new CleanupDelivery(handlers, (message) => session?.send(message), logger);
    // Sequences start again with each session; older snapshots are passed over.
    let sequence = 0;
    const apply = (snapshot: PoolSnapshot) => {
      if (snapshot.snapshot_sequence <= sequence) return;
      sequence = snapshot.snapshot_sequence;
      pool.replaceFromChannel(snapshot.work_pool);
    };
    const onFrame = (frame: ServerFrame) => {
      if (frame.type === "work_pool.snapshot.v1") apply(frame.payload);
      else if (frame.type === "cleanup.message.v1") cleanup.accept(frame);
      else if (frame.type === "cleanup.operation_result.v1") cleanup.settle(frame);
    };
    try {
      const cleanupKinds = Object.keys(handlers);
      session = await openSession({ settings, worker, cleanupKinds, onFrame, onAlive, signal });
    } catch (error) {
      if (error instanceof ChannelError) return { error, wasHealthy: false };
      return { error: new ChannelError("connection_lost", String(error)), wasHealthy: false };
    }
    apply(session.ready.initial_snapshot);
    this.#set("healthy");
    const error = await session.ended;
    cleanup.close();
    return { error, wasHealthy: true };
  }

  #set(state: ChannelStateName): void {
    this.#settled.resolve();
    if (state === this.#state) return;
    this.#options.logger.debug({ from: this.#state, to: state }, `Worker channel ${state}`);
    this.#state = state;
    this.#options.onState(state);
  }
}
