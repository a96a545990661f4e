import type { Bench } from "../support/bench.ts";
import { type Figure, figure } from "../support/figure.ts";
import { allCompleted, createRuns } from "../support/flow-runs.ts";
import { memoryOf } from "../support/memory.ts";
import { short } from "../support/statistics.ts";
import { sleep } from "../support/wait.ts";

const LIMIT = 8;
const BATCH = 100;
const BATCH_MS = 10 * 60_000;
/** Rest before each look, the same before the first run and after the last. */
const IDLE_MS = 10_000;

/** S4c: how much the idle worker's resident memory has grown after many runs; ours only, the peer needs an hour. */
export async function growth(bench: Bench): Promise<Figure> {
  const worker = bench.ours.start({ limit: LIMIT });
  const series: number[] = [];
  const look = async () => {
    await sleep(IDLE_MS, bench.signal);
    worker.assertRunning();
    series.push((await memoryOf(worker.pid)).rss);
  };
  try {
    await worker.started();
    await look();
    for (let done = 0; done < bench.runs; ) {
      const count = Math.min(BATCH, bench.runs - done);
      await createRuns(bench, bench.ours.noop, count);
      await allCompleted(bench, bench.ours.noop, BATCH_MS);
      done += count;
      await look();
      bench.say(`S4 growth: ${done}/${bench.runs} runs, ${short(series.at(-1) ?? null)} MB`);
    }
  } finally {
    await worker.stop();
  }
  const [idle = 0, warm = 0] = series;
  const last = series.at(-1) ?? 0;
  const percent = (from: number) => (100 * (last - from)) / from;
  return figure(
    {
      id: "S4c",
      what: `growth of the idle worker's RSS after ${bench.runs.toLocaleString("en")} runs`,
      unit: "%",
      target: "≤ 5 %",
    },
    { ours: [percent(idle)] },
    ({ ours }) => ours <= 5,
    [
      `Before the first run ${short(idle)} MB, after ${Math.min(BATCH, bench.runs)} runs ${short(warm)} MB, ` +
        `at the end ${short(last)} MB: ${short(percent(warm))} % since the first batch.`,
      `MB after each ${BATCH} runs: ${series.map(short).join(", ")}.`,
    ],
  );
}
