import type { ChannelStateName } from "../channel/worker-channel.ts";

/** What is read at the moment of a scrape. */
export interface Gauges {
  slotsTaken: () => number;
  /** Infinity when there is no limit. */
  slotsLimit: number;
  warmRunners: () => number;
}

/** What the worker counts. Methods return at once and never throw. */
export interface WorkerMetrics {
  /** A poll for due runs was answered, or failed. */
  poll(outcome: "answered" | "failed"): void;
  /** A request to the Prefect API failed with this code (`PrefectErrorCode`). */
  apiError(code: string): void;
  /** And is tried again. */
  apiRetry(code: string): void;
  eventsSocket(connected: boolean): void;
  workerChannel(state: ChannelStateName): void;
  /** Seconds from the time that a run was scheduled for to `Running`. */
  runStarted(seconds: number): void;
  /** Seconds that a run's pull steps and dependencies took. */
  checkout(seconds: number): void;
  /** A run of this worker has ended. `deployment`: `flow name/deployment name`. */
  runEnded(state: string, deployment: string): void;
  gauges(gauges: Gauges): void;
}

const nothing = () => undefined;

/** For a worker that nobody scrapes. */
export const noMetrics: WorkerMetrics = {
  poll: nothing,
  apiError: nothing,
  apiRetry: nothing,
  eventsSocket: nothing,
  workerChannel: nothing,
  runStarted: nothing,
  checkout: nothing,
  runEnded: nothing,
  gauges: nothing,
};
