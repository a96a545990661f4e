import { figure, type Row } from "../support/figure.ts";
import { migrationRounds } from "../support/migration-rounds.ts";

/** S7: the same once more, when there is nothing left to write. */
export const actorsAgain: Row = {
  id: "S7",
  what: "the same again, when all actors are there already",
  async *measure(bench) {
    const { rows, first, again } = await migrationRounds(bench);
    yield figure(
      {
        id: "S7",
        what: `${rows.toLocaleString("en")} actors again, all there already (floor: the first run)`,
        unit: "s",
        target: "≤ 0.5 × the first run's time",
      },
      { ours: again, floor: first },
      ({ ratioToFloor }) => ratioToFloor <= 0.5,
      ["Reads every actor from Oracle and every marker from Specify; from Running to Completed."],
    );
  },
};
