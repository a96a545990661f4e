import type { Bench } from "../support/bench.ts";
import type { Contestant } from "../support/contestant.ts";
import { type Figure, figure } from "../support/figure.ts";
import { childrenOf, type Memory, memoryOf } from "../support/memory.ts";
import { short, spread } from "../support/statistics.ts";
import { sleep } from "../support/wait.ts";

/** Long enough for the first polls and heartbeats, and for what was needed only to start. */
const IDLE_MS = 10_000;

/** S4a: resident memory of a worker that has nothing to do; the process itself, its children apart. */
export async function idleMemory(bench: Bench): Promise<Figure> {
  const taken = { ours: [] as Idle[], peer: [] as Idle[], peerTuned: [] as Idle[] };
  for (let round = 0; round < bench.rounds; round += 1) {
    for (const contestant of [bench.ours, bench.peer]) {
      const idle = await measureIdle(bench, contestant);
      taken[contestant.name].push(idle);
      bench.say(
        `S4 idle, round ${round + 1}/${bench.rounds}: ${contestant.label} ${short(idle.worker.rss)} MB`,
      );
    }
  }
  const notes = [bench.ours, bench.peer].map(({ name, label }) => {
    const warm = taken[name].map(({ children }) => children.reduce((sum, { rss }) => sum + rss, 0));
    const warmPss = taken[name].flatMap(({ children }) => sum(children.map(({ pss }) => pss)));
    const pss = taken[name].flatMap(({ worker }) => worker.pss ?? []);
    const count = taken[name][0]?.children.length ?? 0;
    const also =
      count > 0 ? `; beside it ${count} warm runner: RSS ${spread(warm)}, PSS ${spread(warmPss)}` : "";
    return `${label}: the worker's process alone, PSS ${spread(pss)} MB${also}.`;
  });
  return figure(
    { id: "S4a", what: "worker idle, RSS of its process", unit: "MB", target: "≤ 80 MB" },
    { ours: taken.ours.map(({ worker }) => worker.rss), peer: taken.peer.map(({ worker }) => worker.rss) },
    ({ ours }) => ours <= 80,
    notes,
  );
}

interface Idle {
  readonly worker: Memory;
  readonly children: Memory[];
}

async function measureIdle(bench: Bench, contestant: Contestant): Promise<Idle> {
  const worker = contestant.start();
  try {
    await worker.started();
    await sleep(IDLE_MS, bench.signal);
    worker.assertRunning();
    const children = await Promise.all((await childrenOf(worker.pid)).map(memoryOf));
    return { worker: await memoryOf(worker.pid), children };
  } finally {
    await worker.stop();
  }
}

/** The sum, or nothing where one is not known. */
function sum(values: (number | undefined)[]): number[] {
  const known = values.filter((value) => value !== undefined);
  return known.length === values.length ? [known.reduce((all, one) => all + one, 0)] : [];
}
