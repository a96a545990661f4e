import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from "prom-client";
import type { Gauges, WorkerMetrics } from "./worker-metrics.ts";

/** Seconds: from what a warm runner takes to what a busy pool makes runs wait. */
const START_BUCKETS = [0.1, 0.25, 0.5, 1, 2, 5, 10, 30, 60, 300, 1800];

/** The worker's numbers in Prometheus' text format. */
export interface PrometheusMetrics extends WorkerMetrics {
  contentType: string;
  text(): Promise<string>;
  /** Has the runs that wait for a worker counted at each scrape. */
  waitingRuns(count: () => Promise<number>): void;
}

/** Loaded only for `--with-healthcheck`: prom-client costs memory. Each metric is explained in docs/operations.md. */
export function prometheusMetrics(): PrometheusMetrics {
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry });
  const runs = new Counter({
    name: "prefect_ts_runs_total",
    help: "Flow runs of this worker that have ended, by state and deployment.",
    labelNames: ["state", "deployment"],
    registers,
  });
  const start = new Histogram({
    name: "prefect_ts_run_start_delay_seconds",
    help: "Seconds from the time that a flow run was scheduled for to Running.",
    buckets: START_BUCKETS,
    registers,
  });
  const checkout = new Histogram({
    name: "prefect_ts_run_checkout_seconds",
    help: "Seconds that the pull steps and dependencies of a flow run took.",
    buckets: START_BUCKETS,
    registers,
  });
  const polls = new Counter({
    name: "prefect_ts_polls_total",
    help: "Polls for due flow runs, by outcome.",
    labelNames: ["outcome"],
    registers,
  });
  const errors = new Counter({
    name: "prefect_ts_api_errors_total",
    help: "Requests to the Prefect API that failed, each try of them, by error code.",
    labelNames: ["code"],
    registers,
  });
  const retries = new Counter({
    name: "prefect_ts_api_retries_total",
    help: "Requests to the Prefect API that failed and were tried again, by error code.",
    labelNames: ["code"],
    registers,
  });
  const sockets = new Gauge({
    name: "prefect_ts_socket_connected",
    help: "1 while the socket is connected: events (runs are noticed at once), worker_channel.",
    labelNames: ["socket"],
    registers,
  });
  // From the first scrape on, so that a rate can be taken over the first of each.
  for (const outcome of ["answered", "failed"]) polls.inc({ outcome }, 0);
  for (const socket of ["events", "worker_channel"]) sockets.set({ socket }, 0);
  return {
    contentType: registry.contentType,
    text: () => registry.metrics(),
    poll: (outcome) => polls.inc({ outcome }),
    apiError: (code) => errors.inc({ code }),
    apiRetry: (code) => retries.inc({ code }),
    eventsSocket: (connected) => sockets.set({ socket: "events" }, connected ? 1 : 0),
    workerChannel: (state) => sockets.set({ socket: "worker_channel" }, state === "healthy" ? 1 : 0),
    runStarted: (seconds) => start.observe(seconds),
    checkout: (seconds) => checkout.observe(seconds),
    runEnded: (state, deployment) => runs.inc({ state, deployment }),
    gauges: (gauges) => addGauges(registry, gauges),
    waitingRuns: (count) => {
      new Gauge({
        name: "prefect_ts_runs_waiting",
        help: "Flow runs of the work pool that are due and wait for any worker; NaN while the server is away.",
        registers,
        async collect() {
          this.set(await count());
        },
      });
    },
  };
}

function addGauges(registry: Registry, gauges: Gauges): void {
  const gauge = (name: string, help: string, read: () => number) =>
    new Gauge({
      name,
      help,
      registers: [registry],
      collect() {
        this.set(read());
      },
    });
  gauge("prefect_ts_slots_taken", "Flow runs that this worker has in its hands.", gauges.slotsTaken);
  gauge(
    "prefect_ts_slots_limit",
    "Flow runs that it may have at once; +Inf without a limit.",
    () => gauges.slotsLimit,
  );
  gauge("prefect_ts_warm_runners", "Idle runner processes, ready for a flow run.", gauges.warmRunners);
}
