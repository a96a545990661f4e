import { TimeoutError } from "./errors.ts";
import type { PrefectFuture } from "./futures.ts";
import { longTimeout } from "./long-timeout.ts";
import type { State } from "./states.ts";

export interface WaitOptions {
  /** Seconds to wait at most. Default: as long as it takes. */
  timeout?: number;
}

/** What `wait` gives: each future once, in the order of the list. */
export interface DoneAndNotDoneFutures<Future extends PrefectFuture<unknown>> {
  /** Those that have ended, as `Failed` as well. */
  done: Future[];
  notDone: Future[];
}

/**
 * Waits until all have ended, or the time is over (`wait` in `src/prefect/futures.py`). Never throws what a task threw.
 *
 *     const { done, notDone } = await wait(futures, { timeout: 60 });
 *
 * @throws TypeError when the time-out is no number of seconds
 */
export async function wait<Future extends PrefectFuture<unknown>>(
  futures: Iterable<Future>,
  { timeout }: WaitOptions = {},
): Promise<DoneAndNotDoneFutures<Future>> {
  const all = [...new Set(futures)];
  const ended = new Set<Future>();
  using clock = limit(timeout);
  await Promise.race([Promise.all(all.map((one) => one.wait().then(() => ended.add(one)))), clock.over]);
  return { done: all.filter((one) => ended.has(one)), notDone: all.filter((one) => !ended.has(one)) };
}

/** A future that has ended. Beside its state, since `for await` would take a future alone for its result. */
export interface CompletedFuture<Future extends PrefectFuture<unknown>> {
  future: Future;
  state: State;
}

/**
 * Gives each future when it has ended (`as_completed` in `src/prefect/futures.py`): what is ready first is used first.
 *
 *     for await (const { future, state } of asCompleted(readPage.map(pages))) {
 *       if (state.isCompleted()) await write(future);
 *     }
 *
 * @throws TypeError when the time-out is no number of seconds; TimeoutError when the time is over
 */
export async function* asCompleted<Future extends PrefectFuture<unknown>>(
  futures: Iterable<Future>,
  { timeout }: WaitOptions = {},
): AsyncGenerator<CompletedFuture<Future>, void> {
  const all = new Set(futures);
  const ready: CompletedFuture<Future>[] = [];
  using clock = limit(timeout);
  let more = Promise.withResolvers<void>();
  for (const future of all)
    void future.wait().then((state) => {
      ready.push({ future, state });
      more.resolve();
    });
  for (let given = 0; given < all.size; given += 1) {
    if (ready.length === given) {
      more = Promise.withResolvers();
      await Promise.race([more.promise, clock.over]);
    }
    const next = ready[given];
    if (next === undefined) throw new TimeoutError(`${all.size - given} (of ${all.size}) futures unfinished`);
    yield next;
  }
}

/** `over` resolves after so many seconds; never, when no number is given. */
function limit(seconds: number | undefined): Disposable & { over: Promise<void> } {
  if (seconds !== undefined && !(seconds >= 0))
    throw new TypeError(`timeout is ${seconds}: give seconds, 0 or more.`);
  const { promise: over, resolve } = Promise.withResolvers<void>();
  const timer = seconds === undefined ? undefined : longTimeout(resolve, seconds * 1000);
  return { over, [Symbol.dispose]: () => timer?.[Symbol.dispose]() };
}
