import { currentScope, inScope, type Scope, type TaskRunScope } from "../context.ts";
import { retryDelaySeconds } from "../delays.ts";
import { FlowRunSuspended, UpstreamTaskError } from "../errors.ts";
import type { FutureSource } from "../futures.ts";
import { callTaskHooks } from "../hooks.ts";
import { checkedName, fillTemplate } from "../run-names.ts";
import { State } from "../states.ts";
import { RunTimeoutError, withLimits } from "../timeout.ts";
import { abortableSleep } from "./abortable-sleep.ts";
import { breathe } from "./breathe.ts";
import { describeError } from "./describe-error.ts";
import { loneFlowRun } from "./flow-run-scope.ts";
import type { OpenRun } from "./open-runs.ts";
import { stateOfValue } from "./outcome.ts";
import { parameterNames } from "./parameter-names.ts";
import { findInputs, type RunInput, rememberResult, resolveInputs } from "./run-inputs.ts";
import type { Slots } from "./slots.ts";
import { takeTagSlots } from "./tag-slots.ts";
import { type TaskCache, taskCache } from "./task-cache.ts";
import type { TaskDefinition } from "./task-definition.ts";
import { TaskRunRecord } from "./task-run-record.ts";

/** One call of a task: a task run, from its inputs to its final state. */
export class TaskCall implements FutureSource<unknown>, OpenRun {
  readonly settled: Promise<State>;
  readonly #task: TaskDefinition;
  readonly #flowRun: Scope["flowRun"];
  /** Of the code that called: the flow's, or that of the task it was called in. */
  readonly #signal: AbortSignal;
  readonly #slots: readonly Slots[];
  readonly #record: TaskRunRecord;
  readonly #deferred: boolean;
  #args: unknown[];

  /**
   * Starts the task run.
   * @param slots  further limits on how many run at once
   * @param origins  the runs that made the lists that the arguments were taken from, by their position
   * @throws FlowRunSuspended when nothing is to begin any more
   */
  constructor(
    task: TaskDefinition,
    args: unknown[],
    slots: readonly Slots[] = [],
    origins: readonly (RunInput | undefined)[] = [],
  ) {
    const scope = currentScope();
    const flowRun = scope?.flowRun ?? loneFlowRun(task.options.name);
    flowRun.suspension.throwIfRequested();
    this.#task = task;
    this.#flowRun = flowRun;
    this.#signal = scope?.taskRun?.signal ?? flowRun.signal;
    this.#slots = task.slots === undefined ? slots : [...slots, task.slots];
    this.#args = args;
    const { inputs, deferred } = this.#inputs(scope?.taskRun, origins);
    this.#deferred = deferred;
    this.#record = new TaskRunRecord(task, inputs, flowRun);
    this.settled = this.#run();
    flowRun.open.add(this);
  }

  get id(): string {
    return this.#record.taskRun.id;
  }

  get name(): string {
    return this.#record.taskRun.name;
  }

  get state(): State {
    return this.#record.state;
  }

  crash(message: string): void {
    if (!this.state.isFinal()) this.#record.to(new State("CRASHED", "Crashed", { message }));
  }

  #inputs(
    parent: TaskRunScope | undefined,
    origins: readonly (RunInput | undefined)[],
  ): { inputs: Record<string, RunInput[]>; deferred: boolean } {
    const inputs: Record<string, RunInput[]> = {};
    let deferred = false;
    const { results } = this.#flowRun;
    for (const [index, value] of this.#args.entries()) {
      const origin = origins[index];
      if (origin === undefined && (typeof value !== "object" || value === null)) continue;
      const found = findInputs(value, results);
      deferred ||= found.deferred;
      if (origin !== undefined && !found.inputs.some(({ id }) => id === origin.id)) found.inputs.push(origin);
      if (found.inputs.length > 0)
        inputs[parameterNames(this.#task.fn)[index] ?? `arg${index}`] = found.inputs;
    }
    if (parent !== undefined) inputs.__parents__ = [{ input_type: "task_run", id: parent.id }];
    const { waitFor } = this.#task;
    if (waitFor.length > 0) {
      inputs.wait_for = findInputs(waitFor, results).inputs;
      deferred = true;
    }
    return { inputs, deferred };
  }

  async #run(): Promise<State> {
    try {
      return await this.#toItsEnd();
    } catch (error) {
      return this.#unstarted(error);
    } finally {
      this.#flowRun.open.remove(this);
    }
  }

  async #toItsEnd(): Promise<State> {
    const { waitFor, options } = this.#task;
    await breathe();
    if (this.#deferred) {
      await resolveInputs(waitFor);
      this.#args = (await resolveInputs(this.#args)) as unknown[];
    }
    if (options.taskRunName !== undefined) this.#record.taskRun.name = this.#customName(options.taskRunName);
    const { server } = this.#flowRun.recorder;
    const { tags } = this.#record.taskRun;
    if (this.#slots.length === 0 && (server === undefined || tags.length === 0)) return this.#runTries();
    await using held = new AsyncDisposableStack();
    for (const slots of this.#slots) held.use(await slots.take());
    this.#throwIfOver();
    if (server !== undefined && tags.length > 0) held.use(await takeTagSlots(server, tags, this.id));
    return await this.#runTries();
  }

  async #runTries(): Promise<State> {
    this.#throwIfOver();
    const { options } = this.#task;
    const record = this.#record;
    const cache = taskCache(this.#task, this.#args, record, this.#flowRun);
    const { retries = 0, retryDelaySeconds: delay = 0, retryJitterFactor: jitter } = options;
    await this.#enter(new State("RUNNING", "Running"));
    for (let retry = 1; ; retry += 1) {
      const state = await this.#runOnce(cache);
      if (this.#signal.aborted || !state.isFailed() || retry > retries || !(await this.#mayRetry(state)))
        return await this.#end(state);
      const seconds = retryDelaySeconds({ delay, retries, jitter }, retry, Math.random());
      await this.#awaitRetry(state, `Retry ${retry}/${retries}`, seconds);
    }
  }

  /** One try, or the kept result in its place. */
  async #runOnce(cache: TaskCache | undefined): Promise<State> {
    try {
      const cached = await cache?.find();
      if (cached !== undefined) return cached;
      const state = stateOfValue(await this.#callFunction());
      if (state.isCompleted()) await cache?.keep(state);
      return state;
    } catch (error) {
      if (this.#signal.aborted) return this.#cancelled();
      // It was to begin something: that fails nothing, and is not to be tried again.
      if (error instanceof FlowRunSuspended) return this.#cancelled(error);
      const { message } = describeError(error);
      return error instanceof RunTimeoutError
        ? State.failure(error, { name: "TimedOut", message: error.message })
        : State.failure(error, { message: `Task run encountered an exception: ${message}` });
    }
  }

  #callFunction(): Promise<unknown> {
    const { options, fn } = this.#task;
    const { cancelGrace } = this.#flowRun;
    const limits = {
      what: `Task "${options.name}"`,
      timeoutSeconds: options.timeoutSeconds,
      cancelled: this.#signal,
      cancelGrace,
    };
    return withLimits(limits, (signal) => inScope(this.#scope(signal), async () => fn(...this.#args)));
  }

  /** What the task's function, and its hooks, run in. */
  #scope(signal: AbortSignal): Scope {
    const { id, name, runCount, taskKey: taskName, tags } = this.#record.taskRun;
    const { logPrints } = this.#task.options;
    return { flowRun: this.#flowRun, taskRun: { id, name, taskName, tags, runCount, signal, logPrints } };
  }

  async #mayRetry(state: State): Promise<boolean> {
    const { retryConditionFn } = this.#task.options;
    if (retryConditionFn === undefined) return true;
    try {
      return await retryConditionFn(this.#record.forHooks, state);
    } catch (error) {
      this.#record.log(
        "error",
        `retryConditionFn failed, so there is no retry: ${describeError(error).stack}`,
      );
      return false;
    }
  }

  async #awaitRetry(failure: State, which: string, seconds: number): Promise<void> {
    const when = seconds > 0 ? `${seconds} second(s) from now` : "immediately";
    const message = failure.data === undefined ? failure.message : describeError(failure.data).message;
    this.#record.log("info", `Task run failed with: ${message} - ${which} will start ${when}`);
    if (seconds > 0) {
      const scheduled_time = new Date(Date.now() + seconds * 1000).toISOString();
      this.#record.to(
        new State("SCHEDULED", "AwaitingRetry", message === undefined ? {} : { message }, { scheduled_time }),
      );
      await abortableSleep(seconds, this.#signal);
    }
    await this.#enter(new State("RUNNING", "Retrying"));
  }

  async #end(state: State): Promise<State> {
    const { runCount } = this.#record.taskRun;
    if (state.isCompleted()) this.#finished("info", state);
    else if (state.data instanceof Error && state.isFailed())
      this.#record.log(
        "error",
        `Task run failed after ${runCount} attempt(s): ${describeError(state.data).stack}`,
      );
    else this.#finished("error", state);
    await this.#enter(state);
    const { flowRunId, results } = this.#flowRun;
    if (flowRunId !== undefined) rememberResult(state.data, { input_type: "task_run", id: this.id }, results);
    return state;
  }

  async #enter(state: State): Promise<void> {
    const record = this.#record;
    record.to(state);
    const { options } = this.#task;
    if (!options.onRunning && !options.onCompletion && !options.onFailure) return;
    const onError = (hook: string, error: unknown) =>
      record.log("error", `Hook '${hook}' failed: ${describeError(error).stack}`);
    await inScope(this.#scope(this.#signal), () => callTaskHooks(options, record.forHooks, state, onError));
  }

  /** It never came to run: cancelled before, or what it was to get failed. */
  #unstarted(error: unknown): State {
    if (error instanceof UpstreamTaskError) {
      const state = new State("PENDING", "NotReady", { message: error.message, data: error });
      this.#finished("error", state);
      this.#record.to(state);
      return state;
    }
    const state =
      this.#signal.aborted || error instanceof NotBegun
        ? this.#cancelled(error)
        : State.failure(error, {
            message: `Task run encountered an exception: ${describeError(error).message}`,
          });
    if (state.isFailed())
      this.#record.log("error", `Task run could not start: ${describeError(error).stack}`);
    this.#record.to(state);
    return state;
  }

  #cancelled(why: unknown = this.#signal.reason): State {
    const reason = this.#signal.aborted ? this.#signal.reason : why;
    const message = reason instanceof Error ? reason.message : String(reason);
    return new State("CANCELLED", "Cancelled", { message, data: reason });
  }

  #throwIfOver(): void {
    this.#signal.throwIfAborted();
    const { closed } = this.#flowRun.open;
    if (closed !== undefined) throw new NotBegun(closed);
  }

  #customName(name: string | ((...args: unknown[]) => string)): string {
    if (typeof name === "function") return checkedName(name(...this.#args), "taskRunName");
    const names = parameterNames(this.#task.fn);
    const values = this.#args.map((value, index) => [names[index] ?? `arg${index}`, value] as const);
    return fillTemplate(name, Object.fromEntries(values));
  }

  /** Without a server every task would say that it has finished, on the terminal of whoever runs a unit test. */
  #finished(level: "info" | "error", state: State): void {
    if (level === "error" || this.#flowRun.recorder.server !== undefined)
      this.#record.log(level, `Finished in state ${state}`);
  }
}

/** The flow ended before it was this task's turn. */
class NotBegun extends Error {
  override readonly name = "NotBegun";
}

/** Runs a task to its end, and gives its result. @throws what the task threw */
export async function runTask(task: TaskDefinition, args: unknown[]): Promise<unknown> {
  return (await new TaskCall(task, args).settled).result();
}
