import type { Bench } from "../support/bench.ts";
import type { Contestant } from "../support/contestant.ts";
import { figure, type Row } from "../support/figure.ts";
import { startProxy } from "../support/proxy.ts";
import { short } from "../support/statistics.ts";
import { sleep, until } from "../support/wait.ts";

const POLL = /\/work_pools\/[^/]+\/get_scheduled_flow_runs$/;
const START_MS = 120_000;
const PAUSE_MS = 1_000;

/** S5: how soon a worker is at work. */
export const start: Row = {
  id: "S5",
  what: "worker spawned → its first request for due runs",
  async *measure(bench) {
    const raw = { ours: [] as number[], peer: [] as number[], peerTuned: [] as number[] };
    for (let round = 0; round < bench.rounds; round += 1) {
      for (const contestant of [bench.ours, bench.peer]) {
        const milliseconds = await firstPoll(bench, contestant);
        raw[contestant.name].push(milliseconds);
        bench.say(`S5 round ${round + 1}/${bench.rounds}: ${contestant.label} ${short(milliseconds)} ms`);
      }
    }
    yield figure(
      { id: "S5", what: start.what, unit: "ms", target: "≤ 1,000 ms and ≤ 1/8 of the peer" },
      raw,
      ({ ours, ratio }) => ours <= 1_000 && ratio <= 1 / 8,
      ["Seen by a proxy in front of the server, which both go through."],
    );
  },
};

async function firstPoll(bench: Bench, contestant: Contestant): Promise<number> {
  const proxy = await startProxy(bench.stack.prefect.apiUrl);
  // What the last worker left to do is done by now, for both alike.
  await sleep(PAUSE_MS, bench.signal);
  const worker = contestant.start({ apiUrl: proxy.apiUrl });
  try {
    const seen = () => proxy.requests.find(({ path }) => POLL.test(path));
    const { at } = await until(`${contestant.label} polls`, seen, {
      signal: bench.signal,
      timeoutMs: START_MS,
    });
    return at - worker.spawnedAt;
  } finally {
    await worker.stop();
    await proxy.close();
  }
}
