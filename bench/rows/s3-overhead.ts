import { flow, task } from "../../src/sdk/index.ts";
import type { Bench } from "../support/bench.ts";
import { type Figure, figure } from "../support/figure.ts";
import { short } from "../support/statistics.ts";

const CALLS = 50_000;

/** What the engine costs a task, in microseconds, where there is no server. */
export async function overhead(bench: Bench): Promise<Figure> {
  const noop = task({ name: "No-op" }, (n: number) => n);
  const calls = flow({ name: "Overhead" }, async () => {
    for (let call = 0; call < CALLS; call += 1) await noop(call);
  });
  // The first time is the compiler's.
  await calls();
  const ours: number[] = [];
  for (let round = 0; round < bench.rounds; round += 1) {
    const begun = performance.now();
    await calls();
    ours.push(((performance.now() - begun) * 1000) / CALLS);
    bench.say(
      `S3 round ${round + 1}/${bench.rounds}: ${short(ours.at(-1) ?? null)} µs a task without a server`,
    );
  }
  return figure(
    { id: "S3", what: "engine overhead of a task without a server", unit: "µs", target: "≤ 20 µs" },
    { ours },
    (medians) => medians.ours <= 20,
    [`${CALLS.toLocaleString("en")} calls of a task that does nothing, one after the other.`],
  );
}
