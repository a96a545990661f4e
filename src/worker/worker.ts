import type { ScheduledFlowRun } from "../prefect/api-types.ts";
import { followEvents, type PrefectEvent } from "../prefect/sockets/event-subscription.ts";
import { type CancellationWatch, watchCancellations } from "./cancellations.ts";
import type { ExecutorContext } from "./executor-context.ts";
import { FlowRunExecutor } from "./flow-run-executor.ts";
import { IdleMemory } from "./idle-memory.ts";
import { watchLostRuns } from "./lost-runs.ts";
import type { WorkerOptions } from "./options.ts";
import { type Poll, pollForRuns, pollOnce } from "./poll.ts";
import { keepPresent, type Presence } from "./presence.ts";
import type { RunJob } from "./run-job.ts";
import { RunObservation } from "./run-observation.ts";
import { Slots } from "./slots.ts";
import { Wake } from "./wake.ts";
import type { WorkerState } from "./worker-state.ts";

/** A run of these states may be due: look. */
const dueEvents = ["Scheduled", "Late", "AwaitingRetry", "Resuming"].map(
  (name) => `prefect.flow-run.${name}`,
);
/** Pool or queue were resumed, paused or changed (a higher limit): runs may be due, and people are told. */
const poolEvents = ["work-pool", "work-queue"].flatMap((noun) =>
  ["ready", "not-ready", "paused", "updated"].map((name) => `prefect.${noun}.${name}`),
);
const cancelEvent = "prefect.flow-run.Cancelling";
const suspendEvent = "prefect.flow-run.Suspended";
const resumeEvent = "prefect.flow-run.Resuming";

/** Milliseconds without events and runs after which a pool is calm. Runs that wait for a limit make it stir. */
const CALM_AFTER = 5 * 60_000;

const BY_USER = "The flow run was cancelled by a user.";
const CANCELLED = "The worker was stopped while the run was in progress.";
const tooLong = (seconds: number) =>
  `The worker was stopped, and the run did not finish within the ${seconds} seconds that it had.`;

/** The daemon: notices runs, gives each a slot, and sees each to its end. */
export class Worker {
  #options: WorkerOptions;
  #context: ExecutorContext;
  #state: WorkerState;
  #wake = new Wake();
  /** Rung when the pool or a queue has changed. */
  #bell = new Wake();
  #eventsCome = false;
  /** When an event of the pool last came, or a run was found. */
  #noticedAt = Number.NEGATIVE_INFINITY;
  #memory: IdleMemory | undefined;
  #slots: Slots;
  #inFlight = new Map<string, { executor: FlowRunExecutor; done: Promise<void> }>();
  lastAnswer = Date.now();

  constructor(options: WorkerOptions, context: ExecutorContext, state: WorkerState) {
    this.#options = options;
    this.#context = context;
    this.#state = state;
    this.#slots = new Slots(options.limit, () => {
      this.#wake.ring();
      context.lateNotes.free();
    });
    context.metrics.gauges({
      slotsTaken: () => this.#slots.taken,
      slotsLimit: options.limit ?? Number.POSITIVE_INFINITY,
      warmRunners: () => context.runners.idle,
    });
  }

  /** Whether all slots are taken. */
  get isFull(): boolean {
    return this.#slots.free <= 0;
  }

  /** Works until `signals.drain` fires and every run has ended; `signals.cancel` stops those that have not. */
  async run(): Promise<void> {
    const { signals, settings, runOnce } = this.#options;
    const stopBeating = new AbortController();
    const beating = keepPresent(this.#presence(), stopBeating.signal);
    const following = followEvents(settings, this.#subscription(), stopBeating.signal);
    const watching = watchCancellations(this.#cancellationWatch(), stopBeating.signal);
    using memory = new IdleMemory();
    this.#memory = memory;
    const searching = runOnce ? undefined : this.#searchLostRuns(stopBeating.signal);
    this.#state.set("running");
    const onCancel = () => this.#stopAll(CANCELLED);
    signals.cancel.addEventListener("abort", onCancel, { once: true });
    try {
      if (runOnce) await pollOnce(this.#poll(), signals.drain);
      else await pollForRuns(this.#poll(), signals.drain);
      if (signals.drain.aborted) this.#state.set("draining");
      if (signals.cancel.aborted) this.#stopAll(CANCELLED);
      await this.#allDone();
    } finally {
      signals.cancel.removeEventListener("abort", onCancel);
      // It beats while draining: a worker that finishes its runs is not offline.
      stopBeating.abort();
      await Promise.all([beating, following, watching, searching]);
    }
  }

  #poll(): Poll {
    const { options, client, logger, metrics } = { options: this.#options, ...this.#context };
    return {
      client,
      logger,
      pool: options.pool,
      workQueues: options.workQueues,
      prefetchSeconds: options.prefetchSeconds,
      querySeconds: options.settings.worker.querySeconds,
      slots: this.#slots,
      competition: this.#context.competition,
      wake: this.#wake,
      isCalm: () => this.#eventsCome && Date.now() - this.#noticedAt > CALM_AFTER,
      onRun: (scheduled) => this.#submit(scheduled),
      onAnswer: () => this.#answered(),
      onPoll: (outcome) => metrics.poll(outcome),
    };
  }

  #subscription() {
    const { currentPool, logger, metrics } = this.#context;
    return {
      filter: {
        events: [...dueEvents, ...poolEvents, cancelEvent, suspendEvent],
        // Read for each event: a pool that is deleted and made anew has another id.
        get resourceIds() {
          return [`prefect.work-pool.${currentPool.value.id}`];
        },
      },
      onEvent: (event: PrefectEvent) => this.#onEvent(event),
      onState: (connected: boolean, detail: string) => {
        metrics.eventsSocket(connected);
        this.#eventsCome = connected;
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
    const id = event.resource["prefect.resource.id"]?.replace("prefect.flow-run.", "") ?? "";
    const executor = this.#inFlight.get(id)?.executor;
    if (event.event === suspendEvent || event.event === resumeEvent) void executor?.lookForSuspension();
    if (event.event === cancelEvent) executor?.cancel(BY_USER);
    else if (event.event !== suspendEvent) {
      // Both are told to be ready whenever a worker starts: no run comes of that.
      if (poolEvents.includes(event.event)) this.#bell.ring();
      else this.#noticedAt = Date.now();
      this.#wake.ring();
    }
  }

  #submit({ flow_run: flowRun }: ScheduledFlowRun): void {
    const running = this.#inFlight.get(flowRun.id);
    // Suspended and resumed while its process was still at work: it is found again when that has ended.
    if (flowRun.state_name === "Resuming") void running?.executor.lookForSuspension();
    if (running !== undefined || this.#options.signals.drain.aborted) return;
    const slot = this.#slots.take();
    if (slot === undefined) return;
    this.#noticedAt = Date.now();
    this.#memory?.busy();
    const observation = new RunObservation(flowRun, this.#context);
    // The run keeps the pool as it is now: a change that comes while its job is configured counts from the next run on.
    const executor = new FlowRunExecutor(flowRun, {
      ...this.#context,
      onStarted: (job: RunJob) => {
        this.#context.onStarted(job);
        observation.started({ flowName: job.assignment.flowName, deployment: job.deployment }, job.process);
      },
      onExited: (exit) => observation.exited(exit),
    });
    const done = executor.execute().finally(() => {
      void observation.settled(executor.claimed);
      this.#inFlight.delete(flowRun.id);
      if (this.#inFlight.size === 0) this.#memory?.idle();
      slot[Symbol.dispose]();
    });
    this.#inFlight.set(flowRun.id, { executor, done });
  }

  #stopAll(reason: string): void {
    if (this.#inFlight.size === 0) return;
    this.#state.set("cancelling");
    for (const { executor } of this.#inFlight.values()) executor.stop(reason);
  }

  async #allDone(): Promise<void> {
    if (this.#inFlight.size > 0) {
      this.#context.logger.info(`Waiting for ${this.#inFlight.size} run(s) to finish.`);
    }
    const { drainSeconds } = this.#options;
    const patience = drainSeconds !== undefined && this.#options.signals.drain.aborted;
    const timer = patience
      ? setTimeout(() => this.#stopAll(tooLong(drainSeconds)), drainSeconds * 1000)
      : undefined;
    while (this.#inFlight.size > 0) await Promise.all([...this.#inFlight.values()].map(({ done }) => done));
    clearTimeout(timer);
  }

  #cancellationWatch(): CancellationWatch {
    const { client, logger, settings } = this.#context;
    return {
      client,
      logger,
      seconds: settings.worker.querySeconds,
      inFlight: () => [...this.#inFlight.keys()],
      onCancelling: (id) => this.#inFlight.get(id)?.executor.cancel(BY_USER),
      onSuspended: (id) => void this.#inFlight.get(id)?.executor.lookForSuspension(),
    };
  }

  #searchLostRuns(signal: AbortSignal): Promise<void> {
    return watchLostRuns(this.#context, () => new Set(this.#inFlight.keys()), signal);
  }

  #presence(): Presence {
    const { client, settings, currentPool: pool, workerName, logger, metrics } = this.#context;
    const { workQueues, type } = this.#options;
    return {
      ...{ client, settings, pool, workerName, workQueues, logger, metrics, bell: this.#bell },
      workerType: type ?? pool.value.type,
      onAnswer: () => this.#answered(),
      onResumed: () => this.#wake.ring(),
      stopRun: (id, reason) => {
        const run = this.#inFlight.get(id);
        // Cancelled first: what a worker stops otherwise counts as crashed, and may be scheduled again.
        run?.executor.cancel(reason);
        run?.executor.stop(reason);
        return run?.done;
      },
    };
  }

  #answered(): void {
    this.lastAnswer = Date.now();
  }
}
