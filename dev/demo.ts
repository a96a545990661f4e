// `npm run demo`: the whole system on this machine, nothing needed beforehand. `-- --once`: ends when all runs have.
import { parseArgs } from "node:util";
import { connectTo } from "./demo/api.ts";
import { runPrefectTs, startWorker } from "./demo/cli.ts";
import { tellFailures } from "./demo/failures.ts";
import { planRuns } from "./demo/plan.ts";
import { runAll } from "./demo/run-table.ts";
import { onStopSignals } from "./demo/signals.ts";
import { StackBlock } from "./demo/stack-block.ts";
import { watchRuns } from "./demo/watch.ts";
import { tellReports, tellWhereToLook } from "./demo/where-to-look.ts";
import { bold, dim, duration, green, heading, red, say } from "./demo/words.ts";
import { Closers } from "./stack/closers.ts";
import { existingService } from "./stack/existing.ts";
import { openStack } from "./stack/index.ts";

const POOL = "dev-process";
const USAGE = `Usage: npm run demo [-- --once]

Starts a Prefect server, MariaDB with a Specify database, S3, a git server and an Oracle stand-in on this machine,
deploys this project's flows to them, runs each, and stays up for you to look around; Ctrl-C stops and removes all.
  --once   ends when the runs have ended, with exit code 0 only if every run completed
`;

const { values: options } = parseArgs({
  options: { once: { type: "boolean" }, help: { type: "boolean", short: "h" } },
});

if (options.help) process.stdout.write(USAGE);
else process.exitCode = await demo(options.once === true);

/** Runs the demo to its end; gives the exit code. */
async function demo(once: boolean): Promise<number> {
  const began = performance.now();
  const stopping = onStopSignals();
  say(`${bold("prefect-ts")}: Prefect for Node, from a museum's Oracle to Specify 7, on this machine alone`);

  heading("Services");
  const shown = new StackBlock();
  const stack = await openStack({ onProgress: shown.onProgress });
  let since = 0;
  stopping.addEventListener("abort", () => {
    since = performance.now();
    say("\nStopping ...");
    // What it fails with is told below.
    stack.close().catch(() => undefined);
  });
  const closers = new Closers();
  let completed = false;
  try {
    const services = await shown.start(stack);
    const api = connectTo(services.prefect);
    closers.add("connections to Prefect", () => api.close());

    heading("Deploy");
    await runPrefectTs(stack, "work-pool", "create", POOL, "--type", "process");
    await startWorker(stack, api, POOL, stopping);
    await runPrefectTs(stack, "deploy", "--all");

    heading("Runs");
    const mayWrite = existingService("mariadb") === undefined;
    if (!mayWrite) say(dim("  Your own MariaDB is used: dry runs only, nothing is written to it."));
    const runs = await runAll(api, await planRuns(api, mayWrite), stopping);
    completed = runs.every(({ state_type }) => state_type === "COMPLETED");
    await tellFailures(api, runs);
    await tellReports(services);
    const verdict = completed ? green("every run completed") : red("not every run completed");
    say();
    say(`From nothing to here in ${duration(performance.now() - began)}; ${verdict}.`);

    if (!once) {
      await tellWhereToLook(stack, services);
      say();
      say(`Up until you press Ctrl-C, which stops everything and leaves nothing. Runs from now on:`);
      await watchRuns(api, stopping);
    }
  } catch (error) {
    if (!stopping.aborted) throw error;
  } finally {
    since ||= performance.now();
    await closers.close().finally(() => stack.close());
    say(dim(`All is stopped and removed (${duration(performance.now() - since)}).`));
  }
  return completed ? 0 : 1;
}
