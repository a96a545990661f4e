import type { FlowRunScope } from "../context.ts";
import { DEFAULT, NO_CACHE } from "../results/cache-policies.ts";
import { persistsByDefault, readResult, storageOf, writeResult } from "../results/result-store.ts";
import type { ResultStorage } from "../results/storage.ts";
import { State } from "../states.ts";
import { defaultsLeft, parameterNames } from "./parameter-names.ts";
import type { TaskDefinition } from "./task-definition.ts";
import type { TaskRunRecord } from "./task-run-record.ts";

/** What is kept of one task run, and what may be taken in place of running it. */
export interface TaskCache {
  /** The kept result as a state `Cached`; undefined: run. */
  find(): Promise<State | undefined>;
  /** Keeps the result of a state that is Completed. A failure is logged, and the run goes on. */
  keep(state: State): Promise<void>;
}

/** The cache of a task run, or undefined for the many whose results are not kept. */
export function taskCache(
  task: TaskDefinition,
  args: unknown[],
  record: TaskRunRecord,
  flowRun: FlowRunScope,
): TaskCache | undefined {
  const { options } = task;
  if (!persists(task, flowRun)) return undefined;
  const storage = storageOf(options.resultStorage ?? flowRun.resultOptions.resultStorage);
  const key = cacheKey(task, args, record, flowRun);
  return {
    find: async () => {
      if (key === undefined || options.refreshCache) return undefined;
      return findIn(storage, key, record);
    },
    keep: async (state) => {
      const seconds = options.cacheExpirationSeconds;
      const expiration = seconds === undefined ? undefined : new Date(Date.now() + seconds * 1000);
      try {
        const name = key ?? record.taskRun.id.replaceAll("-", "");
        state.resultMetadata = await writeResult(storage, name, state.data, expiration);
      } catch (error) {
        record.log(
          "warn",
          `The result could not be kept: ${(error as Error).message}. The run goes on without.`,
        );
      }
    },
  };
}

function persists({ options }: TaskDefinition, flowRun: FlowRunScope): boolean {
  if (options.persistResult !== undefined) return options.persistResult;
  const { cachePolicy, cacheKeyFn, resultStorage } = options;
  if (cacheKeyFn !== undefined || resultStorage !== undefined) return true;
  if (cachePolicy !== undefined) return cachePolicy !== NO_CACHE;
  return flowRun.resultOptions.persistResult ?? persistsByDefault("task");
}

function cacheKey(
  { options, fn }: TaskDefinition,
  args: unknown[],
  record: TaskRunRecord,
  flowRun: FlowRunScope,
): string | undefined {
  try {
    if (options.cacheKeyFn) return options.cacheKeyFn(record.forHooks, ...args);
    const names = parameterNames(fn);
    return (options.cachePolicy ?? DEFAULT).key({
      inputs: Object.fromEntries(args.map((value, index) => [names[index] ?? `arg${index}`, value])),
      defaults: defaultsLeft(fn, args),
      source: fn.toString(),
      runId: flowRun.runKey,
      flowParameters: flowRun.parameters,
    });
  } catch (error) {
    record.log("error", `No cache key could be made, so the task runs: ${(error as Error).message}`);
    return undefined;
  }
}

async function findIn(
  storage: ResultStorage,
  key: string,
  record: TaskRunRecord,
): Promise<State | undefined> {
  try {
    const found = await readResult(storage, key);
    if (found === undefined) return undefined;
    const state = new State("COMPLETED", "Cached", { data: found.value });
    state.resultMetadata = found.metadata;
    return state;
  } catch (error) {
    record.log("warn", `The kept result cannot be read, so the task runs: ${(error as Error).message}`);
    return undefined;
  }
}
