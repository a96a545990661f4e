import type { ScheduledFlowRun } from "../prefect/api-types.ts";
import { followEvents, type PrefectEvent } from "../prefect/sockets/event-subscription.ts";
import type { ExecutorContext } from "./executor-context.ts";
import { FlowRunExecutor } from "./flow-run-executor.ts";
import { beat } from "./heartbeat.ts";
import type { WorkerOptions } from "./options.ts";
import { type Poll, pollForRuns, pollOnce } from "./poll.ts";
import { Slots } from "./slots.ts";
import { Wake } from "./wake.ts";
import type { WorkerState } from "./worker-state.ts";

/** A run of these states may be due: look. */
const dueEvents = ["Scheduled", "Late", "AwaitingRetry", "Resuming"].map(
  (name) => `prefect.flow-run.${name}`,
);
const cancelEvent = "prefect.flow-run.Cancelling";

/** The daemon: notices runs, gives each a slot, and sees each to its end. */
export class Worker {
  #options: WorkerOptions;
  #context: ExecutorContext;
  #state: WorkerState;
  #wake = new Wake();
  #slots: Slots;
  #inFlight = new Map<string, { executor: FlowRunExecutor; done: Promise<void> }>();
  lastAnswer = Date.now();

  constructor(options: WorkerOptions, context: ExecutorContext, state: WorkerState) {
    this.#options = options;
    this.#context = context;
    this.#state = state;
    this.#slots = new Slots(options.limit, () => this.#wake.ring());
  }

  /** Works until `signals.drain` fires and every run has ended; `signals.cancel` stops those that have not. */
  async run(): Promise<void> {
    const { signals, settings, runOnce } = this.#options;
    const stopBeating = new AbortController();
    const beating = beat(this.#context.client, this.#worker(), stopBeating.signal);
    const following = followEvents(settings, this.#subscription(), stopBeating.signal);
    this.#state.set("running");
    const onCancel = () => this.#stopAll();
    signals.cancel.addEventListener("abort", onCancel, { once: true });
    try {
      if (runOnce) await pollOnce(this.#poll(), signals.drain);
      else await pollForRuns(this.#poll(), signals.drain);
      if (signals.drain.aborted) this.#state.set("draining");
      if (signals.cancel.aborted) onCancel();
      await this.#allDone();
    } finally {
      signals.cancel.removeEventListener("abort", onCancel);
      // It beats while draining: a worker that finishes its runs is not offline.
      stopBeating.abort();
      await Promise.all([beating, following]);
    }
  }

  #poll(): Poll {
    const { options, client, logger } = { options: this.#options, ...this.#context };
    return {
      client,
      logger,
      pool: options.pool,
      workQueues: options.workQueues,
      prefetchSeconds: options.prefetchSeconds,
      querySeconds: options.settings.worker.querySeconds,
      slots: this.#slots,
      wake: this.#wake,
      onRun: (scheduled) => this.#submit(scheduled),
      onAnswer: () => {
        this.lastAnswer = Date.now();
      },
    };
  }

  #subscription() {
    const { pool, logger } = this.#context;
    return {
      filter: { events: [...dueEvents, cancelEvent], relatedIds: [`prefect.work-pool.${pool.id}`] },
      onEvent: (event: PrefectEvent) => this.#onEvent(event),
      onState: (connected: boolean, detail: string) => {
        if (connected) {
          logger.debug("Events socket connected: runs are noticed at once.");
          // What happened while the socket was away is found by a look.
          this.#wake.ring();
        } else {
          logger.warn(`Events socket lost (${detail}); runs are found by polling until it is back.`);
        }
      },
    };
  }

  #onEvent(event: PrefectEvent): void {
    if (event.event !== cancelEvent) {
      this.#wake.ring();
      return;
    }
    const id = event.resource["prefect.resource.id"]?.replace("prefect.flow-run.", "") ?? "";
    this.#inFlight.get(id)?.executor.cancel("The flow run was cancelled by a user.");
  }

  #submit({ flow_run: flowRun }: ScheduledFlowRun): void {
    if (this.#inFlight.has(flowRun.id) || this.#options.signals.drain.aborted) return;
    const slot = this.#slots.take();
    if (slot === undefined) return;
    const executor = new FlowRunExecutor(flowRun, this.#context);
    const done = executor.execute().finally(() => {
      this.#inFlight.delete(flowRun.id);
      slot[Symbol.dispose]();
    });
    this.#inFlight.set(flowRun.id, { executor, done });
  }

  #stopAll(): void {
    if (this.#inFlight.size === 0) return;
    this.#state.set("cancelling");
    for (const { executor } of this.#inFlight.values()) {
      void executor.stop("The worker was stopped while the run was in progress.");
    }
  }

  async #allDone(): Promise<void> {
    if (this.#inFlight.size > 0) {
      this.#context.logger.info(`Waiting for ${this.#inFlight.size} run(s) to finish.`);
    }
    while (this.#inFlight.size > 0) await Promise.all([...this.#inFlight.values()].map(({ done }) => done));
  }

  #worker() {
    const { workerName, logger } = this.#context;
    return {
      pool: this.#options.pool,
      name: workerName,
      seconds: this.#options.settings.worker.heartbeatSeconds,
      logger,
    };
  }
}
