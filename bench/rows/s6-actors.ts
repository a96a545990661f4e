import { figure, type Row } from "../support/figure.ts";
import { migrationRounds } from "../support/migration-rounds.ts";
import { short } from "../support/statistics.ts";

const POINTS = 16;

/** S6: all actors from Oracle to Specify, one run with its report, and the memory of that run. */
export const actors: Row = {
  id: "S6",
  what: "250,274 actors from Oracle to Specify, one run with its report",
  async *measure(bench) {
    const { rows, first, load, peak, peakOfThousand, curve } = await migrationRounds(bench);
    yield figure(
      {
        id: "S6a",
        what: `${rows.toLocaleString("en")} actors Oracle → Specify, one run with report`,
        unit: "rows/s",
        target: "≥ 0.7 × LOAD DATA INFILE of the same rows",
      },
      { ours: first.map((seconds) => rows / seconds), floor: load.map((seconds) => rows / seconds) },
      ({ ratioToFloor }) => ratioToFloor >= 0.7,
      [
        "From Running to Completed by the server's times, through the worker, on the Oracle stand-in in a process of its own.",
        "Floor: LOAD DATA INFILE of the very rows that the run has written, into the same table.",
        `Seconds: ${first.map(short).join(", ")}; LOAD DATA ${load.map(short).join(", ")}.`,
      ],
    );
    yield figure(
      {
        id: "S6b",
        what: "highest RSS of that run's process (floor: with a thousand actors)",
        unit: "MB",
        target: "≤ 40 MB above the run with 1,000 rows",
      },
      { ours: peak, floor: peakOfThousand },
      ({ ours, floor }) => ours - floor <= 40,
      [`MB in the course of the last run: ${thinned(curve).map(short).join(", ")}.`],
    );
  },
};

/** At most 16 of the values, evenly spread, the last among them. */
function thinned(values: readonly number[]): number[] {
  if (values.length <= POINTS) return [...values];
  return Array.from({ length: POINTS }, (_none, at) => {
    return values[Math.round((at * (values.length - 1)) / (POINTS - 1))] ?? 0;
  });
}
