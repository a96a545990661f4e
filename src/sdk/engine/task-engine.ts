import { randomUUID } from "node:crypto";
import { state } from "../../prefect/states.ts";
import { DEFAULT_CANCEL_GRACE } from "../cancellation.ts";
import { currentScope, type Scope } from "../context.ts";
import { retryDelaySeconds } from "../delays.ts";
import { consoleRecorder } from "../recorder/console-recorder.ts";
import type { TaskRun, TaskRunState } from "../recorder/recorder.ts";
import { levels } from "../recorder/recorder.ts";
import type { TaskOptions } from "../task.ts";
import { withLimits } from "../timeout.ts";
import { describeError } from "./describe-error.ts";
import { runWithRetries } from "./retries.ts";

/** Runs one call of a task in the current flow run: states, tries, time-out, cancellation. */
export async function runTask<T>(options: TaskOptions, body: (scope: Scope) => Promise<T>): Promise<T> {
  const flowRun = currentScope()?.flowRun ?? loneFlowRun(options.name);
  const call = flowRun.taskCalls.get(options.name) ?? 0;
  flowRun.taskCalls.set(options.name, call + 1);
  const run = new TaskRunTracker(options, call, flowRun);
  run.to(state("PENDING", "Pending"));
  const limits = {
    what: `Task "${options.name}"`,
    timeoutSeconds: options.timeoutSeconds,
    cancelled: flowRun.signal,
    cancelGrace: flowRun.cancelGrace,
  };
  try {
    const result = await runWithRetries(
      {
        retries: options.retries ?? 0,
        delay: options.retryDelaySeconds ?? 0,
        signal: flowRun.signal,
        onRetry: (error, retry, seconds) => run.awaitRetry(error, retry, seconds),
      },
      (attempt) => {
        run.start(attempt);
        return withLimits(limits, (signal) => body({ flowRun, taskRun: { ...run.identity, signal } }));
      },
    );
    run.end(state("COMPLETED", "Completed", { data: null }));
    return result;
  } catch (error) {
    run.fail(error);
    throw error;
  }
}

/** One task run as it goes from state to state; each step is told to the recorder. */
class TaskRunTracker {
  readonly identity: { id: string; name: string };
  #taskRun: TaskRun;
  #flowRun: Scope["flowRun"];
  #state: TaskRunState | undefined;
  #startedAt = 0;
  #retries: number;

  constructor(options: TaskOptions, call: number, flowRun: Scope["flowRun"]) {
    // Prefect names a task run after its task and the first three letters of its dynamic key.
    this.identity = { id: randomUUID(), name: `${options.name}-${call}` };
    this.#flowRun = flowRun;
    this.#retries = options.retries ?? 0;
    this.#taskRun = {
      ...this.identity,
      taskKey: options.name,
      dynamicKey: String(call),
      tags: options.tags ?? [],
      retries: this.#retries,
      retryDelaySeconds: retryDelaySeconds(options.retryDelaySeconds ?? 0, 1),
      runCount: 0,
      expectedStart: new Date(),
      runTime: 0,
    };
  }

  to(next: ReturnType<typeof state>): void {
    // The server keeps the newest by time: two states in one millisecond must not look like one moment.
    const now = Math.max(Date.now(), (this.#state?.timestamp.getTime() ?? 0) + 1);
    const full = { ...next, id: randomUUID(), timestamp: new Date(now) };
    this.#flowRun.recorder.taskRunChanged(this.#taskRun, this.#state, full);
    this.#state = full;
  }

  start(attempt: number): void {
    this.#startedAt = performance.now();
    this.#taskRun.start ??= new Date();
    this.#taskRun.runCount = attempt;
    this.to(state("RUNNING", attempt === 1 ? "Running" : "Retrying"));
  }

  awaitRetry(error: unknown, retry: number, seconds: number): void {
    this.#stopClock();
    this.#log(
      levels.info,
      `Task run failed with: ${describeError(error).message} - Retry ${retry}/${this.#retries} will start ${seconds} second(s) from now`,
    );
    this.to(state("SCHEDULED", "AwaitingRetry", { message: describeError(error).message }));
  }

  end(final: ReturnType<typeof state>): void {
    this.#stopClock();
    this.#taskRun.end = new Date();
    this.to(final);
    if (final.type === "COMPLETED") this.#log(levels.info, "Finished in state Completed()");
  }

  fail(error: unknown): void {
    const { message, stack } = describeError(error);
    if (this.#flowRun.signal.aborted) {
      this.end(
        state("CANCELLED", "Cancelled", { message: "The flow run was cancelled while this task ran." }),
      );
      return;
    }
    this.#log(levels.error, `Task run failed after ${this.#taskRun.runCount} attempt(s): ${stack}`);
    const name = error instanceof Error && error.name === "RunTimeoutError" ? "TimedOut" : "Failed";
    this.end(state("FAILED", name, { message: `Task run encountered an exception: ${message}` }));
  }

  #stopClock(): void {
    this.#taskRun.runTime += performance.now() - this.#startedAt;
  }

  #log(level: number, message: string): void {
    this.#flowRun.recorder.log({
      level,
      message,
      name: "prefect.task_runs",
      timestamp: new Date(),
      taskRun: this.identity,
    });
  }
}

/** A task called outside of any flow: it runs as itself. */
function loneFlowRun(name: string): Scope["flowRun"] {
  return {
    flowName: name,
    flowRunId: undefined,
    flowRunName: name,
    parameters: {},
    signal: new AbortController().signal,
    cancelGrace: DEFAULT_CANCEL_GRACE,
    logPrints: false,
    recorder: consoleRecorder(name),
    taskCalls: new Map(),
  };
}
