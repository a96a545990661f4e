import { setTimeout as sleep } from "node:timers/promises";
import type { Bench } from "./bench.ts";
import { completed } from "./flow-runs.ts";
import { childrenOf, residentOf } from "./memory.ts";
import { until } from "./wait.ts";

/** What one run took. */
export interface MeasuredRun {
  /** From Running to Completed, by the server's times. */
  readonly seconds: number;
  /** MB of its process, four times a second. */
  readonly memory: number[];
  /** The most that it ever had, in MB. */
  readonly peak: number;
}

const RUN_MS = 300_000;
const TOLD_MS = 30_000;
/** Looking takes processor time, too, and a run that uses both cores would wait for it: the kernel itself keeps the peak. */
const SAMPLE_MS = 250;
const LOOK_MS = 1_000;

/**
 * Waits until a run is Completed and measures its process meanwhile. All that the worker has started is looked at: which of
 * them was the run's, the server knows only a little later.
 */
export async function measuredRun(bench: Bench, worker: { pid: number }, id: string): Promise<MeasuredRun> {
  const seen = new Map<number, { memory: number[]; peak: number }>();
  const ended = new AbortController();
  const sampling = sample(worker.pid, seen, ended.signal);
  let times: { start_time: string | null; end_time: string | null };
  try {
    times = await completed(bench, id, { timeoutMs: RUN_MS, everyMs: LOOK_MS });
  } finally {
    ended.abort();
    await sampling;
  }
  const pidOf = async (): Promise<number | undefined> => {
    const run = await bench.api.get<{ infrastructure_pid: string | null }>(`/flow_runs/${id}`);
    return Number(/(\d+)$/.exec(run.infrastructure_pid ?? "")?.[1]) || undefined;
  };
  const limits = { signal: bench.signal, timeoutMs: TOLD_MS, everyMs: SAMPLE_MS };
  const pid = await until(`run ${id} has told its process`, pidOf, limits);
  const found = seen.get(pid);
  if (found === undefined) throw new Error(`process ${pid} of run ${id} was not seen below the worker`);
  return {
    seconds: (Date.parse(times.end_time ?? "") - Date.parse(times.start_time ?? "")) / 1000,
    ...found,
  };
}

async function sample(
  worker: number,
  seen: Map<number, { memory: number[]; peak: number }>,
  ended: AbortSignal,
): Promise<void> {
  while (!ended.aborted) {
    for (const pid of await descendantsOf(worker)) {
      const now = await residentOf(pid).catch(() => undefined);
      // A process that has ended but was not yet waited for has no memory.
      if (now === undefined || now.rss === 0) continue;
      const known = seen.get(pid) ?? { memory: [], peak: 0 };
      known.memory.push(now.rss);
      known.peak = Math.max(known.peak, now.peak);
      seen.set(pid, known);
    }
    await sleep(SAMPLE_MS);
  }
}

async function descendantsOf(pid: number): Promise<number[]> {
  const children = await childrenOf(pid).catch(() => []);
  const below = await Promise.all(children.map(descendantsOf));
  return [...children, ...below.flat()];
}
