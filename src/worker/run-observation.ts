import { hostname } from "node:os";
import type { Logger } from "pino";
import type { FlowRun } from "../prefect/api-types.ts";
import type { PrefectClient } from "../prefect/client/client.ts";
import { errorText } from "../prefect/errors.ts";
import type { OutgoingEvent } from "../prefect/outgoing-event.ts";
import type { FlowNames } from "./flow-names.ts";
import type { KnownDeployments } from "./known-deployments.ts";
import { noMetrics, type WorkerMetrics } from "./metrics/worker-metrics.ts";
import type { Exit } from "./process/exit-codes.ts";
import type { RunProcess } from "./process/run-process.ts";
import type { RunResources, WorkerEvents } from "./worker-events.ts";

export interface ObservationSinks {
  client: PrefectClient;
  events: WorkerEvents;
  metrics: WorkerMetrics;
  logger: Logger;
  flowNames: FlowNames;
  deployments: KnownDeployments;
}

/** What is told of one run to those who watch the worker: events and metrics. No step of the run waits for it. */
export class RunObservation {
  #flowRun: FlowRun;
  #sinks: ObservationSinks;
  #resources: RunResources | undefined;
  #process: RunProcess | undefined;
  #identifier = "";
  #submitted: OutgoingEvent | undefined;

  constructor(flowRun: FlowRun, sinks: ObservationSinks) {
    this.#flowRun = flowRun;
    this.#sinks = sinks;
  }

  /** The run was handed to a process. */
  started(run: Omit<RunResources, "flowRun">, process: RunProcess): void {
    this.#process = process;
    this.#resources = { flowRun: this.#flowRun, ...run };
    this.#identifier = `${hostname()}:${process.pid}`;
    this.#submitted = this.#sinks.events.submitted(this.#resources);
  }

  /** Its process has ended. */
  exited(exit: Exit): void {
    if (this.#resources === undefined) return;
    const seconds = this.#process?.checkoutSeconds;
    if (seconds !== undefined) this.#sinks.metrics.checkout(seconds);
    this.#sinks.events.executed(this.#resources, { identifier: this.#identifier, exit }, this.#submitted);
  }

  /**
   * The worker is done with it. The run is read once more, and only when someone scrapes: it knows its own times.
   * @param claimed whether it was this worker's: one that could not be given a process counts too
   */
  async settled(claimed: boolean): Promise<void> {
    const { client, metrics, logger } = this.#sinks;
    if (metrics === noMetrics || !claimed) return;
    try {
      const run = await client.flowRuns.read(this.#flowRun.id);
      const { flowName, deployment } = this.#resources ?? (await this.#namesOnly());
      metrics.runEnded(run.state_name ?? "", deployment ? `${flowName}/${deployment.name}` : flowName);
      const delay = startDelay(this.#flowRun, run);
      if (delay !== undefined) metrics.runStarted(delay);
    } catch (error) {
      logger.debug(`Run ${this.#flowRun.id} is not in the metrics: ${errorText(error)}`);
    }
  }

  async #namesOnly(): Promise<Omit<RunResources, "flowRun">> {
    const { deployments, flowNames } = this.#sinks;
    const { deployment_id: id, flow_id } = this.#flowRun;
    return { flowName: await flowNames.of(flow_id), deployment: id ? deployments.last(id) : undefined };
  }
}

/**
 * Seconds from the scheduled time to the first `Running`; undefined when it never ran, or ran in an earlier try, whose
 * start the server keeps.
 */
function startDelay(claimed: FlowRun, ended: FlowRun): number | undefined {
  if (!ended.start_time || (claimed.run_count ?? 0) > 0) return undefined;
  const scheduled = claimed.next_scheduled_start_time ?? claimed.expected_start_time;
  if (!scheduled) return undefined;
  return Math.max(0, (Date.parse(ended.start_time) - Date.parse(scheduled)) / 1000);
}
