import type { FlowRun } from "../../prefect/api-types.ts";
import type { PrefectClient } from "../../prefect/client/client.ts";
import { LogShipper } from "../../prefect/log-shipper.ts";
import type { LogSpool } from "../../prefect/log-spool.ts";
import type { RunSettings } from "../../prefect/settings/run-settings.ts";
import type { ApiSettings } from "../../prefect/settings/settings.ts";
import { EventEmitter, type QueuedEvent } from "../../prefect/sockets/event-emitter.ts";
import { isoMicros, nextMicros } from "../micros.ts";
import type { State } from "../states.ts";
import { type LogRecord, levels, type Recorder, type TaskRun } from "./recorder.ts";
import { type RunOrigin, relatedToRun } from "./related-resources.ts";
import type { RunServer } from "./run-server.ts";
import { taskRunEvent } from "./task-run-event.ts";

export interface ServerRecorderOptions {
  client: PrefectClient;
  settings: ApiSettings & Pick<RunSettings, "logging"> & { heartbeatSeconds: number };
  flowRun: FlowRun;
  /** Names that events tell of the run. */
  origin?: RunOrigin;
  /** Writes the same line to the process's own output. */
  print: (record: LogRecord, flowRun: FlowRun) => void;
  /** Keeps what is not yet sent, for when the process ends without having its say. */
  spool?: LogSpool;
}

/** Milliseconds that the end of a run waits for its task run events to be with the server. */
const FLUSH_TIMEOUT = 60_000;
/** Log records that a server takes in some 5 ms: for so long the end of a run may wait behind them. */
const FEW_LOGS = 20;

/** What a run and its subflow runs share. */
interface Connections {
  logs: LogShipper;
  events: EventEmitter;
  beforeFlush: Set<() => Promise<void>>;
  atEnd: Set<() => Promise<void>>;
}

/** Sends logs and task runs of one flow run to the server. */
export class ServerRecorder implements Recorder {
  readonly server: RunServer;
  readonly #flowRun: FlowRun;
  readonly #connections: Connections;
  readonly #print: ServerRecorderOptions["print"];
  readonly #logging: RunSettings["logging"];
  /** The newest event of each task run. */
  readonly #last = new WeakMap<TaskRun, QueuedEvent>();

  constructor(options: ServerRecorderOptions, connections = connect(options)) {
    const { client, settings, flowRun, origin = { flowName: undefined }, print } = options;
    const { events, beforeFlush, atEnd } = connections;
    this.#flowRun = flowRun;
    this.#connections = connections;
    this.#print = print;
    this.#logging = settings.logging;
    this.server = {
      client,
      flowRun,
      related: relatedToRun(flowRun, origin),
      heartbeatSeconds: settings.heartbeatSeconds,
      recorderOf: (subflowRun, flowName) =>
        new ServerRecorder({ ...options, flowRun: subflowRun, origin: { flowName } }, connections),
      emit: (event) => void events.emit(event),
      beforeFlush,
      atEnd,
    };
  }

  log(record: LogRecord): void {
    const { level, toApi } = this.#logging;
    if (record.level < level) return;
    this.#print(record, this.#flowRun);
    if (!toApi) return;
    this.#connections.logs.add({
      name: record.name,
      level: record.level,
      message: record.message,
      timestamp: isoMicros(nextMicros()),
      flow_run_id: this.#flowRun.id,
      ...(record.taskRun && { task_run_id: record.taskRun.id }),
    });
  }

  taskRunChanged(taskRun: TaskRun, from: State | undefined, to: State): void {
    const event = taskRunEvent(taskRun, from, to, this.server.related);
    this.#last.set(taskRun, this.#connections.events.emit(event, this.#last.get(taskRun)));
  }

  /**
   * Right before the end of the run is told: what it has logged last is on its way first. Where that is much, and where task
   * runs ended in a burst, it would hold up the end for seconds: it waits for `release` or `flush`.
   */
  settle(): void {
    const { logs, events } = this.#connections;
    events.hold();
    if (logs.waiting > FEW_LOGS) logs.hold();
    else void logs.flush();
    void this.#sendUpdates();
  }

  /** The end is told: what was held back may go. */
  release(): void {
    const { logs, events } = this.#connections;
    logs.release();
    events.release();
  }

  /** Everything that was recorded is with the server when this resolves. */
  async flush(): Promise<void> {
    const { logs, events } = this.#connections;
    // Logs first: they are tried for as long as the server is away, so the events find one that is there.
    await this.#sendUpdates();
    await logs.flush();
    await events.flush(FLUSH_TIMEOUT);
    const lost = events.takeDropped();
    if (lost > 0) this.#say(`${lost} events of task runs or of the flow were lost: ${events.lastError}`);
    await logs.flush();
  }

  /** Gives back what the run's code has not, as a run that was cut short leaves it, and sends what is left. */
  async close(): Promise<void> {
    await Promise.allSettled([...this.#connections.atEnd].map((release) => release()));
    await this.flush();
  }

  async #sendUpdates(): Promise<void> {
    await Promise.allSettled([...this.#connections.beforeFlush].map((send) => send()));
  }

  #say(message: string): void {
    this.log({ level: levels.error, message, name: "prefect.flow_runs", timestamp: new Date() });
  }
}

function connect({ client, settings, flowRun, print, spool }: ServerRecorderOptions): Connections {
  const onError = (message: string) =>
    print({ level: levels.error, message, name: "prefect.flow_runs", timestamp: new Date() }, flowRun);
  return {
    logs: new LogShipper(client, onError, spool),
    events: new EventEmitter(settings, client),
    beforeFlush: new Set(),
    atEnd: new Set(),
  };
}
