import { inspect } from "node:util";
import { TimeoutError } from "./errors.ts";
import { longTimeout } from "./long-timeout.ts";
import type { State } from "./states.ts";
import { wait } from "./wait.ts";

/** What a future needs of the task run behind it. */
export interface FutureSource<Result> {
  readonly id: string;
  readonly name: string;
  readonly state: State;
  /** Resolves when the task run has ended (or will not run); never rejects. */
  readonly settled: Promise<State<Result>>;
}

/**
 * A task run that was submitted. Await it for its result; give it to other tasks, which then wait for it.
 *
 *     const rows = readRows.submit(file);
 *     await insert.submit(rows);     // runs when readRows has ended, and the UI draws the dependency
 */
export class PrefectFuture<Result> implements PromiseLike<Result> {
  readonly #source: FutureSource<Result>;

  constructor(source: FutureSource<Result>) {
    this.#source = source;
  }

  get taskRunId(): string {
    return this.#source.id;
  }

  get taskRunName(): string {
    return this.#source.name;
  }

  /** The state that the task run is in now. */
  get state(): State {
    return this.#source.state;
  }

  /** Waits for the end of the task run (at most so many seconds) and gives its state; never throws what the task threw. */
  async wait(timeoutSeconds?: number): Promise<State> {
    if (timeoutSeconds === undefined) return this.#source.settled;
    const late = Promise.withResolvers<State>();
    using _timer = longTimeout(() => late.resolve(this.#source.state), timeoutSeconds * 1000);
    return await Promise.race([this.#source.settled, late.promise]);
  }

  /**
   * Waits for the result, at most so many seconds.
   * @throws what the task threw; TimeoutError when it has not ended by then
   */
  async result(timeoutSeconds?: number): Promise<Result> {
    if (timeoutSeconds === undefined) return (await this.#source.settled).result();
    const { done } = await wait([this], { timeout: timeoutSeconds });
    if (done.length === 0)
      throw new TimeoutError(`Task run '${this.taskRunName}' has not ended within ${timeoutSeconds} seconds`);
    return (await this.#source.settled).result();
  }

  /** For logs, where one is printed that should have been awaited. */
  toString(): string {
    return `PrefectFuture of task run '${this.taskRunName}', ${this.state.name}: await it for the result`;
  }

  [inspect.custom](): string {
    return this.toString();
  }

  // A future is meant to be awaited; as with any promise, what awaits it gets the result or the error.
  // biome-ignore lint/suspicious/noThenProperty: this is what makes it awaitable
  then<A = Result, B = never>(
    onResult?: ((result: Result) => A | PromiseLike<A>) | null,
    onError?: ((error: unknown) => B | PromiseLike<B>) | null,
  ): Promise<A | B> {
    return this.result().then(onResult, onError);
  }
}

/** What `map` gives: a future a call, in the order of the list. Await it for the list of results. */
export class PrefectFutureList<Result> extends Array<PrefectFuture<Result>> implements PromiseLike<Result[]> {
  /** `map`, `filter` and the like give plain arrays. */
  static override get [Symbol.species](): ArrayConstructor {
    return Array;
  }

  /** Waits for all to end (at most so many seconds), and gives their states; never throws what a task threw. */
  wait(timeoutSeconds?: number): Promise<State[]> {
    return Promise.all(Array.from(this, (future) => future.wait(timeoutSeconds)));
  }

  /**
   * Waits for all to end, and gives their results.
   * @throws what the first that failed threw
   */
  async result(): Promise<Result[]> {
    const states = await this.wait();
    return states.map((state) => state.result() as Result);
  }

  // biome-ignore lint/suspicious/noThenProperty: this is what makes it awaitable
  then<A = Result[], B = never>(
    onResult?: ((results: Result[]) => A | PromiseLike<A>) | null,
    onError?: ((error: unknown) => B | PromiseLike<B>) | null,
  ): Promise<A | B> {
    return this.result().then(onResult, onError);
  }
}

/** What a flow or task gives to its caller, by what its function returns. */
export type ResultOf<Returned> =
  Returned extends State<infer Data>
    ? Data
    : Returned extends readonly PrefectFuture<infer Data>[]
      ? State<Data>[]
      : Returned;
