import type { FlowRun } from "../../prefect/api-types.ts";
import type { PrefectClient } from "../../prefect/client/client.ts";
import { LogShipper } from "../../prefect/log-shipper.ts";
import type { ApiSettings } from "../../prefect/settings/settings.ts";
import { EventEmitter } from "../../prefect/sockets/event-emitter.ts";
import type { LogRecord, Recorder } from "./recorder.ts";
import type { RunServer } from "./run-server.ts";
import { taskRunEvent } from "./task-run-event.ts";

export interface ServerRecorderOptions {
  client: PrefectClient;
  settings: ApiSettings;
  flowRun: FlowRun;
  /** Writes the same line to the process's own output. */
  print: (record: LogRecord) => void;
}

/** Milliseconds that the end of a run waits for its task run events to be with the server. */
const FLUSH_TIMEOUT = 60_000;

/** Sends logs and task runs of one flow run to the server. */
export class ServerRecorder implements Recorder {
  #flowRun: FlowRun;
  #logs: LogShipper;
  #events: EventEmitter;
  #print: (record: LogRecord) => void;
  readonly server: RunServer;

  constructor({ client, settings, flowRun, print }: ServerRecorderOptions) {
    this.#flowRun = flowRun;
    this.#print = print;
    this.#events = new EventEmitter(settings);
    this.#logs = new LogShipper(client, (message) =>
      print({ level: 40, message, name: "prefect.flow_runs", timestamp: new Date() }),
    );
    this.server = {
      client,
      flowRun,
      related: relatedResources(flowRun),
      emit: (event) => this.#events.emit(event),
      beforeFlush: new Set(),
      atEnd: new Set(),
    };
  }

  log(record: LogRecord): void {
    this.#print(record);
    this.#logs.add({
      name: record.name,
      level: record.level,
      message: record.message,
      timestamp: record.timestamp.toISOString(),
      flow_run_id: this.#flowRun.id,
      ...(record.taskRun && { task_run_id: record.taskRun.id }),
    });
  }

  taskRunChanged(...change: Parameters<Recorder["taskRunChanged"]>): void {
    this.#events.emit(taskRunEvent(...change, this.server.related));
  }

  /** Everything that was recorded is with the server when this resolves. */
  async flush(): Promise<void> {
    await Promise.allSettled([...this.server.beforeFlush].map((send) => send()));
    // Logs first: they are tried for as long as the server is away, so the events find one that is there.
    await this.#logs.flush();
    await this.#events.flush(FLUSH_TIMEOUT);
    if (this.#events.dropped > 0) {
      this.log({
        level: 40,
        message: `${this.#events.dropped} task run events were lost: ${this.#events.lastError}`,
        name: "prefect.flow_runs",
        timestamp: new Date(),
      });
    }
    await this.#logs.flush();
  }

  /** Gives back what the run's code has not, as a run that was cut short leaves it, and sends what is left. */
  async close(): Promise<void> {
    await Promise.allSettled([...this.server.atEnd].map((release) => release()));
    await this.flush();
  }
}

/** What every event of the run is related to: the run itself and its flow, deployment and tags. */
function relatedResources(flowRun: FlowRun): Record<string, string>[] {
  const related = [
    {
      "prefect.resource.id": `prefect.flow-run.${flowRun.id}`,
      "prefect.resource.role": "flow-run",
      "prefect.resource.name": flowRun.name ?? "",
    },
    { "prefect.resource.id": `prefect.flow.${flowRun.flow_id}`, "prefect.resource.role": "flow" },
  ];
  if (flowRun.deployment_id) {
    related.push({
      "prefect.resource.id": `prefect.deployment.${flowRun.deployment_id}`,
      "prefect.resource.role": "deployment",
    });
  }
  for (const tag of flowRun.tags ?? []) {
    related.push({ "prefect.resource.id": `prefect.tag.${tag}`, "prefect.resource.role": "tag" });
  }
  return related;
}
