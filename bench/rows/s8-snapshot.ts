import { figure, type Row } from "../support/figure.ts";
import type { MeasuredRun } from "../support/measured-run.ts";
import { openSnapshots } from "../support/snapshot.ts";
import { short } from "../support/statistics.ts";

/** S8: a snapshot of 2,000 tables with 40,000 columns: how long it takes, and the memory of that run. */
export const snapshot: Row = {
  id: "S8",
  what: "schema snapshot of 2,000 tables, 40,000 columns",
  async *measure(bench) {
    await using snapshots = await openSnapshots(bench);
    // The first run compiles what later ones find, and has no snapshot to compare with: not counted.
    await snapshots.run();
    const runs: MeasuredRun[] = [];
    for (let round = 0; round < bench.rounds; round += 1) {
      const run = await snapshots.run();
      runs.push(run);
      bench.say(`S8, round ${round + 1}/${bench.rounds}: ${short(run.seconds)} s, ${short(run.peak)} MB`);
    }
    yield figure(
      { id: "S8a", what: "schema snapshot of 2,000 tables, 40,000 columns", unit: "s", target: "≤ 10 s" },
      { ours: runs.map(({ seconds }) => seconds) },
      ({ ours }) => ours <= 10,
      [
        "From Running to Completed by the server's times, through the worker: seven dictionary views of the Oracle stand-in, the comparison with the snapshot before, nine files.",
      ],
    );
    yield figure(
      { id: "S8b", what: "highest RSS of that run's process", unit: "MB", target: "≤ 250 MB" },
      { ours: runs.map(({ peak }) => peak) },
      ({ ours }) => ours <= 250,
    );
  },
};
