import type { FlowRun } from "../../prefect/api-types.ts";
import type { PrefectClient } from "../../prefect/client/client.ts";
import type { OutgoingEvent } from "../../prefect/outgoing-event.ts";
import type { Recorder } from "./recorder.ts";
import type { RelatedResource } from "./related-resources.ts";

/** The server that has the flow run, for what a flow asks of it: artifacts, events, slots, deployments. */
export interface RunServer {
  readonly client: PrefectClient;
  readonly flowRun: FlowRun;
  /** What each event of the run is related to: the run, its flow, deployment, work queue, work pool and tags. */
  readonly related: RelatedResource[];
  /** Seconds between heartbeat events of a run. */
  readonly heartbeatSeconds: number;
  /** A recorder for a subflow run, which sends by the same connections. */
  recorderOf(flowRun: FlowRun, flowName: string): Recorder;
  /** Queues an event. It is sent in order, and before the run ends. */
  emit(event: OutgoingEvent): void;
  /** Each is called before a flush waits for what was recorded; takes itself out when it has nothing left to say. */
  readonly beforeFlush: Set<() => Promise<void>>;
  /** Each is called once the run's code no longer runs, to give back what it holds; takes itself out when it has. */
  readonly atEnd: Set<() => Promise<void>>;
}
