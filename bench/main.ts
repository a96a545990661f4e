// `npm run bench`: measures this project's worker beside Prefect's own; see bench/README.md.
import { loadavg } from "node:os";
import { join } from "node:path";
import { onStopSignals } from "../dev/demo/signals.ts";
import { duration, heading, say } from "../dev/demo/words.ts";
import { PROJECT } from "../dev/stack/install/cache.ts";
import { rows } from "./rows/index.ts";
import { openBench } from "./support/bench.ts";
import { describeMachine, machineText } from "./support/machine.ts";
import { type BenchOptions, readOptions, USAGE } from "./support/options.ts";
import { details, terminalTable, writeReadme } from "./support/report.ts";
import { mergeResults, type Result, readResults, writeResults } from "./support/results.ts";

const LATEST = join(PROJECT, "bench", "results", "latest.json");
const README = join(PROJECT, "bench", "README.md");
const began = performance.now();

/** A progress line, with the time since the start. */
const tell = (text: string) =>
  process.stderr.write(`${duration(performance.now() - began).padStart(12)}  ${text}\n`);

try {
  const options = readOptions(process.argv.slice(2), rows);
  if (options === undefined) process.stdout.write(USAGE);
  else process.exitCode = await run(options);
} catch (error) {
  process.stderr.write(`bench: ${(error as Error).message}\n`);
  process.exitCode = 1;
}

/** Measures the rows that were asked for; gives the exit code. */
async function run(options: BenchOptions): Promise<number> {
  const signal = onStopSignals();
  const results: Result[] = [];
  let failed: string[] = [];
  try {
    failed = await measure(options, signal, results);
  } catch (error) {
    if (!signal.aborted) throw error;
  }
  if (signal.aborted) {
    tell("Stopped; nothing is left running and nothing was written.");
    return 130;
  }
  const latest = mergeResults(await readResults(LATEST), results);
  await writeResults(LATEST, latest);
  await writeReadme(README, latest);
  if (options.json !== undefined) await writeResults(options.json, results);
  heading("Raw numbers");
  for (const line of details(results)) say(line);
  heading("Medians");
  say(terminalTable(results));
  say(
    `Written to ${["bench/results/latest.json", "bench/README.md", options.json].filter(Boolean).join(", ")}.`,
  );
  for (const row of failed) say(`${row} could not be measured: see above.`);
  return failed.length === 0 ? 0 : 1;
}

/** Measures row by row and adds to `results`; gives the ids of rows that could not be measured. */
async function measure(options: BenchOptions, signal: AbortSignal, results: Result[]): Promise<string[]> {
  const failed: string[] = [];
  const { rounds, runs } = options;
  const bench = await openBench({ rounds, runs, signal, say: tell });
  try {
    const machine = machineText(await describeMachine(bench.pythonEnvironment));
    tell(machine);
    for (const row of options.rows) {
      tell(`${row.id}: ${row.what}`);
      const before = loadavg()[0] ?? 0;
      try {
        for await (const figure of row.measure(bench)) {
          const load = [before, loadavg()[0] ?? 0] as const;
          results.push({ ...figure, measuredAt: new Date().toISOString(), machine, load });
        }
      } catch (error) {
        signal.throwIfAborted();
        failed.push(row.id);
        tell(`${row.id} could not be measured: ${(error as Error).message}`);
      }
    }
    return failed;
  } finally {
    tell("Stopping ...");
    await bench.close();
  }
}
