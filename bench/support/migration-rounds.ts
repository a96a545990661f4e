import type { Bench } from "./bench.ts";
import { openMigration } from "./migration.ts";
import { short } from "./statistics.ts";

/** What each round has taken; all arrays are as long as there were rounds. */
export interface MigrationRounds {
  /** Rows of Oracle in each run. */
  rows: number;
  /** Seconds of the first run, which writes all. */
  first: number[];
  /** Seconds of the run after it, which finds all there. */
  again: number[];
  /** Seconds of LOAD DATA INFILE of the same rows into the same table. */
  load: number[];
  /** Highest MB of the first run, and of a run with a thousand actors. */
  peak: number[];
  peakOfThousand: number[];
  /** MB in the course of the last first run. */
  curve: number[];
}

const measured = new WeakMap<Bench, Promise<MigrationRounds>>();

/** Measures S6 and S7 together, once for both. */
export function migrationRounds(bench: Bench): Promise<MigrationRounds> {
  const known = measured.get(bench) ?? measure(bench);
  measured.set(bench, known);
  return known;
}

async function measure(bench: Bench): Promise<MigrationRounds> {
  await using migration = await openMigration(bench);
  const { table } = migration;
  const taken: MigrationRounds = {
    rows: 0,
    first: [],
    again: [],
    load: [],
    peak: [],
    peakOfThousand: [],
    curve: [],
  };
  // The first run of all compiles and loads what later ones find: not counted.
  await migration.run("TEST");
  for (let round = 0; round < bench.rounds; round += 1) {
    await table.empty();
    const thousand = await migration.run("TEST");
    await table.empty();
    const first = await migration.run("PROD");
    taken.rows = (await table.count()) - 1;
    const again = await migration.run("PROD");
    const load = await table.reload();
    taken.first.push(first.seconds);
    taken.again.push(again.seconds);
    taken.load.push(load);
    taken.peak.push(first.peak);
    taken.peakOfThousand.push(thousand.peak);
    taken.curve = first.memory;
    bench.say(
      `S6 and S7, round ${round + 1}/${bench.rounds}: ${taken.rows} actors in ${short(first.seconds)} s, again ${short(again.seconds)} s, ` +
        `LOAD DATA ${short(load)} s, ${short(first.peak)} MB (with a thousand ${short(thousand.peak)})`,
    );
  }
  return taken;
}
