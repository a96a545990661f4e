import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Bench } from "../support/bench.ts";
import type { Contestant } from "../support/contestant.ts";
import { type Figure, figure } from "../support/figure.ts";
import { completed, createRun } from "../support/flow-runs.ts";
import { type Memory, memoryOf } from "../support/memory.ts";
import { short, spread } from "../support/statistics.ts";
import { sleep, until } from "../support/wait.ts";

const RUNNING_MS = 120_000;
/** Rest before the run: as most runs find it, the worker has had time to make the next process ready. */
const IDLE_MS = 5_000;
/** Time for the run's last logs and states to go out, so that it only waits. */
const SETTLE_MS = 2_000;

/** S4b: resident memory of one run's process with the clients of a migration loaded. */
export async function runMemory(bench: Bench): Promise<Figure> {
  const taken = { ours: [] as Memory[], peer: [] as Memory[], peerTuned: [] as Memory[] };
  for (let round = 0; round < bench.rounds; round += 1) {
    for (const contestant of [bench.ours, bench.peer]) {
      const memory = await measureRun(bench, contestant, round);
      taken[contestant.name].push(memory);
      bench.say(`S4 run, round ${round + 1}/${bench.rounds}: ${contestant.label} ${short(memory.rss)} MB`);
    }
  }
  const rss = (name: "ours" | "peer") => taken[name].map((memory) => memory.rss);
  const pss = taken.ours.flatMap((memory) => memory.pss ?? []);
  return figure(
    {
      id: "S4b",
      what: "one run's process with oracledb, mariadb and @aws-sdk/client-s3 loaded, RSS",
      unit: "MB",
      target: "≤ 100 MB",
    },
    { ours: rss("ours"), peer: rss("peer") },
    ({ ours }) => ours <= 100,
    [
      `Ours: PSS ${spread(pss)} MB, highest RSS so far ${spread(taken.ours.map(({ peak }) => peak))} MB.`,
      "The peer's run has no clients loaded: its number is that of an empty flow.",
    ],
  );
}

async function measureRun(bench: Bench, contestant: Contestant, round: number): Promise<Memory> {
  const file = join(bench.stack.folder, `run-${contestant.name}-${round}`);
  const worker = contestant.start();
  try {
    await worker.started();
    await sleep(IDLE_MS, bench.signal);
    const { id } = await createRun(bench, contestant.waits, { file });
    const told = () => readFile(`${file}.ready`, "utf8").catch(() => undefined);
    const limits = { signal: bench.signal, timeoutMs: RUNNING_MS, everyMs: 200 };
    const pid = Number(await until(`run ${id} tells its process id`, told, limits));
    await sleep(SETTLE_MS, bench.signal);
    const memory = await memoryOf(pid);
    await writeFile(file, "");
    await completed(bench, id);
    return memory;
  } finally {
    await worker.stop();
  }
}
