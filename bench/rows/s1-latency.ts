import type { Bench } from "../support/bench.ts";
import type { Contestant } from "../support/contestant.ts";
import { subscribe } from "../support/events.ts";
import { figure, type Row } from "../support/figure.ts";
import { startFloor } from "../support/floor.ts";
import { completed, createRun } from "../support/flow-runs.ts";
import { short, spread } from "../support/statistics.ts";
import { sleep, within } from "../support/wait.ts";

const OURS_A_ROUND = 3;
const FLOOR_A_ROUND = 3;
/** Prefect's default poll interval in seconds: runs are made at moments spread evenly over it. */
const PEER_POLL_SECONDS = 10;
const RUNNING_MS = 120_000;

interface Sample {
  /** Milliseconds from sending the request that makes the run to the arrival of its `Running` event. */
  readonly seen: number;
  /** The same by the server's own times, `created` to `start_time`. */
  readonly server: number;
}

/** S1: how long a run waits. */
export const latency: Row = {
  id: "S1",
  what: "created → Running, no-op flow, git_clone each run",
  async *measure(bench) {
    const watch = new RunningWatch();
    const failed = Promise.withResolvers<never>();
    failed.promise.catch(() => undefined);
    const floor = await startFloor(bench, failed.reject);
    const poolIds = [bench.ours, bench.peer, bench.peerTuned].map(({ poolId }) => poolId);
    const wanted = { event: "prefect.flow-run.Running", poolIds: [floor.poolId, ...poolIds] };
    const socket = await subscribe(bench.stack.prefect.apiUrl, wanted, watch.arrived);
    const samples: Record<"ours" | "peer" | "peerTuned" | "floor", Sample[]> = {
      ours: [],
      peer: [],
      peerTuned: [],
      floor: [],
    };
    try {
      for (let round = 0; round < bench.rounds; round += 1) {
        for (let n = 0; n < FLOOR_A_ROUND; n += 1) {
          samples.floor.push(
            await Promise.race([floorSample(bench, watch, floor.deployment), failed.promise]),
          );
        }
        for (const contestant of [bench.ours, bench.peer, bench.peerTuned]) {
          const taken = await visit(bench, watch, contestant, round);
          samples[contestant.name].push(...taken);
          const text = taken.map(({ seen }) => short(seen)).join(", ");
          bench.say(`S1 round ${round + 1}/${bench.rounds}: ${contestant.label} ${text} ms`);
        }
      }
    } finally {
      socket.close();
      floor.close();
    }
    const seen = (name: keyof typeof samples) => samples[name].map((sample) => sample.seen);
    const server = (name: keyof typeof samples) => samples[name].map((sample) => sample.server);
    const notes = [
      `By the server's own times (created to start_time), ms: ours ${spread(server("ours"))}, ` +
        `peer ${spread(server("peer"))}, tuned ${spread(server("peerTuned"))}, floor ${spread(server("floor"))}.`,
    ];
    yield figure(
      {
        id: "S1",
        what: latency.what,
        unit: "ms",
        target: "≤ 1/20 of the peer and ≤ 2.5 × the floor",
      },
      { ours: seen("ours"), peer: seen("peer"), peerTuned: seen("peerTuned"), floor: seen("floor") },
      ({ ratio, ratioToFloor }) => ratio <= 1 / 20 && ratioToFloor <= 2.5,
      notes,
    );
  },
};

/** One worker, alone: a run that is not counted, then those that are. */
async function visit(
  bench: Bench,
  watch: RunningWatch,
  contestant: Contestant,
  round: number,
): Promise<Sample[]> {
  const worker = contestant.start();
  try {
    await worker.started();
    await sample(bench, watch, contestant.noop);
    const taken: Sample[] = [];
    const isOurs = contestant.name === "ours";
    for (let n = 0; n < (isOurs ? OURS_A_ROUND : 1); n += 1) {
      // Whoever polls is asked at each phase of its interval equally often; one phase for all would be luck.
      const phase = ((round + 0.5) / bench.rounds) * PEER_POLL_SECONDS;
      await sleep(isOurs ? 2_000 : phase * 1_000, bench.signal);
      taken.push(await sample(bench, watch, contestant.noop));
    }
    return taken;
  } finally {
    await worker.stop();
  }
}

/** Makes one run and times it. @param finish  ends the run where no process does */
async function sample(
  bench: Bench,
  watch: RunningWatch,
  deployment: string,
  finish?: (id: string) => Promise<unknown>,
): Promise<Sample> {
  const before = performance.now();
  const { id } = await createRun(bench, deployment);
  const arrived = within(`run ${id} is Running`, watch.of(id), {
    signal: bench.signal,
    timeoutMs: RUNNING_MS,
  });
  const seen = (await arrived) - before;
  await finish?.(id);
  const run = await completed(bench, id);
  return { seen, server: Date.parse(run.start_time ?? "") - Date.parse(run.created) };
}

async function floorSample(bench: Bench, watch: RunningWatch, deployment: string): Promise<Sample> {
  await sleep(500, bench.signal);
  const state = { type: "COMPLETED", name: "Completed" };
  return await sample(bench, watch, deployment, (id) =>
    bench.api.post(`/flow_runs/${id}/set_state`, { state }),
  );
}

/** When each run's `Running` event arrived, whether somebody waited for it already or not. */
class RunningWatch {
  #times = new Map<string, PromiseWithResolvers<number>>();

  readonly arrived = (id: string, at: number): void => this.#entry(id).resolve(at);

  of(id: string): Promise<number> {
    return this.#entry(id).promise;
  }

  #entry(id: string): PromiseWithResolvers<number> {
    const entry = this.#times.get(id) ?? Promise.withResolvers<number>();
    this.#times.set(id, entry);
    return entry;
  }
}
