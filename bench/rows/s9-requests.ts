import { type Figure, figure, type Row } from "../support/figure.ts";
import { type CountingProxy, startProxy } from "../support/proxy.ts";
import { short, spread } from "../support/statistics.ts";
import { sleep } from "../support/wait.ts";

const MINUTE_MS = 60_000;
/** What a worker asks only at its start is over by then. */
const SETTLE_MS = 20_000;

/** S9: what an idle worker asks of the server. */
export const requests: Row = {
  id: "S9",
  what: "idle worker's requests to the server a minute",
  async *measure(bench) {
    const contestants = [bench.ours, bench.peer, bench.peerTuned];
    const raw = { ours: [] as number[], peer: [] as number[], peerTuned: [] as number[] };
    const frames = { ours: [] as number[], peer: [] as number[], peerTuned: [] as number[] };
    // Requests are counted, not timed: all workers can be idle at the same time.
    const running = [];
    try {
      for (const contestant of contestants) {
        const proxy = await startProxy(bench.stack.prefect.apiUrl);
        const worker = contestant.start({ apiUrl: proxy.apiUrl });
        running.push({ ...contestant, proxy, worker });
        await worker.started();
      }
      await sleep(SETTLE_MS, bench.signal);
      const begin = running.map(({ proxy }) => proxy.requests.length);
      for (let round = 0; round < bench.rounds; round += 1) {
        const before = running.map(({ proxy }) => [proxy.requests.length, proxy.frames()] as const);
        await sleep(MINUTE_MS, bench.signal);
        for (const { worker } of running) worker.assertRunning();
        for (const [at, { name, label, proxy }] of running.entries()) {
          const [requestsBefore, framesBefore] = before[at] ?? [0, 0];
          raw[name].push(proxy.requests.length - requestsBefore);
          frames[name].push(proxy.frames() - framesBefore);
          bench.say(`S9 minute ${round + 1}/${bench.rounds}: ${label} ${raw[name].at(-1)} requests`);
        }
      }
      const notes = running.map(
        ({ name, label, proxy }, at) =>
          `${label}: ${byPath(proxy, begin[at] ?? 0, bench.rounds)}; websocket frames a minute ${spread(frames[name])}.`,
      );
      yield judge(raw, notes);
    } finally {
      await Promise.all(running.map(({ worker }) => worker.stop()));
      await Promise.all(running.map(({ proxy }) => proxy.close()));
    }
  },
};

function judge(raw: { ours: number[]; peer: number[]; peerTuned: number[] }, notes: string[]): Figure {
  return figure(
    { id: "S9", what: requests.what, unit: "requests/min", target: "fewer than the peer" },
    raw,
    ({ ours, peer }) => ours < peer,
    notes,
  );
}

/** Requests a minute by their last part of the path, most frequent first. */
function byPath(proxy: CountingProxy, from: number, minutes: number): string {
  const counts = new Map<string, number>();
  for (const { path } of proxy.requests.slice(from)) {
    const name = path.split("/").at(-1) ?? path;
    counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  const sorted = [...counts].sort(([, a], [, b]) => b - a);
  return sorted.map(([name, count]) => `${name} ${short(count / minutes)}`).join(", ") || "no requests";
}
