import type { Bench } from "../support/bench.ts";
import type { Contestant } from "../support/contestant.ts";
import { figure, type Row } from "../support/figure.ts";
import { allCompleted, completed, createRun, createRuns, runsSince } from "../support/flow-runs.ts";
import { short } from "../support/statistics.ts";
import { sleep } from "../support/wait.ts";

const RUNS = 50;
const LIMIT = 8;
const BATCH_MS = 30 * 60_000;
/** The server is still busy with the events of the runs that were made. */
const SETTLE_MS = 10_000;

/** S2: how many runs a worker gets done. */
export const throughput: Row = {
  id: "S2",
  what: `${RUNS} no-op runs queued at once, limit ${LIMIT}`,
  async *measure(bench) {
    const raw = { ours: [] as number[], peer: [] as number[], peerTuned: [] as number[] };
    for (let round = 0; round < bench.rounds; round += 1) {
      // The tuned peer is there to compare with, not to be judged by, and a batch takes it minutes: once.
      const contestants = [bench.ours, bench.peer, ...(round === 0 ? [bench.peerTuned] : [])];
      for (const contestant of contestants) {
        const rate = await batch(bench, contestant);
        raw[contestant.name].push(rate);
        bench.say(`S2 round ${round + 1}/${bench.rounds}: ${contestant.label} ${short(rate)} runs a minute`);
      }
    }
    yield figure(
      { id: "S2", what: throughput.what, unit: "runs/min", target: "≥ 10 × the peer" },
      raw,
      ({ ratio }) => ratio >= 10,
      [
        "The runs are made while the work pool is paused: making them keeps the server as busy as running them. " +
          "From the pool's resumption to the end of the last run.",
      ],
    );
  },
};

/** Runs a minute of one batch. */
async function batch(bench: Bench, contestant: Contestant): Promise<number> {
  const worker = contestant.start({ limit: LIMIT });
  try {
    await worker.started();
    // Its caches are filled, as those of a worker are that has run for a while.
    await completed(bench, (await createRun(bench, contestant.noop)).id);
    const since = new Date();
    const pool = (is_paused: boolean) => bench.api.patch(`/work_pools/${contestant.pool}`, { is_paused });
    await pool(true);
    await createRuns(bench, contestant.noop, RUNS);
    await sleep(SETTLE_MS, bench.signal);
    const resumed = Date.now();
    await pool(false);
    await allCompleted(bench, contestant.noop, BATCH_MS);
    const runs = await runsSince(bench, contestant.noop, since);
    if (runs.length !== RUNS) throw new Error(`${runs.length} runs were found of the ${RUNS} that were made`);
    const last = Math.max(...runs.map(({ end_time }) => Date.parse(end_time ?? "")));
    return RUNS / ((last - resumed) / 60_000);
  } finally {
    await worker.stop();
  }
}
