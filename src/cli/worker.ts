import { Command, Option } from "commander";
import { staySmall } from "../node/stay-small.ts";
import { isWorkPoolType, workPoolTypes } from "../prefect/base-job-templates.ts";
import { usageError } from "./errors.ts";
import { repeated, wholeNumber } from "./options.ts";
import type { Session } from "./session.ts";
import { readVersion } from "./version-number.ts";

interface StartOptions {
  name?: string;
  pool?: string;
  workQueue: string[];
  type?: string;
  prefetchSeconds?: number;
  runOnce: boolean;
  limit?: number;
  withHealthcheck: boolean;
  baseJobTemplate?: string;
  createPoolIfNotFound: boolean;
  warm: number;
  drainSeconds?: number;
  onShutdown: "reschedule" | "crash" | "auto";
}

/** `prefect-ts worker`: start. */
export function workerCommand(session: Session): Command {
  const noun = new Command("worker").description("Start and interact with workers.");
  noun.addCommand(start(session));
  return noun;
}

function start(session: Session): Command {
  return new Command("start")
    .description("Start a worker process to poll a work pool for flow runs.")
    .option(
      "-n, --name <name>",
      "The name to give to the started worker. Without it: ProcessWorker and a UUID.",
    )
    .option("-p, --pool <name>", "The work pool the started worker should poll.")
    .option(
      "-q, --work-queue <name>",
      "Work queue names to pull from (repeatable). Without it: all of the pool.",
      repeated,
      [],
    )
    .option("-t, --type <type>", "The type of worker to start: process. Without it: the pool's.")
    .addOption(
      new Option("--prefetch-seconds <n>", "Seconds to look ahead for scheduled flow runs.").argParser(
        wholeNumber(0),
      ),
    )
    .option("--run-once", "Only run worker polling once, wait for the runs it started, and stop.", false)
    .addOption(new Option("-l, --limit <n>", "Maximum concurrent flow runs.").argParser(wholeNumber(1)))
    .option("--with-healthcheck", "Start a healthcheck server: /health, /ready, /metrics.", false)
    .option(
      "--base-job-template <file>",
      "Path to JSON file containing base job template, for a pool made here.",
    )
    .option("--create-pool-if-not-found", "Create the work pool if it does not exist.", true)
    .option("--no-create-pool-if-not-found", "Stop when the work pool does not exist.")
    .addOption(
      new Option("--warm <n>", "Processes kept ready, so that a run starts at once.")
        .argParser(wholeNumber(0))
        .default(1),
    )
    .addOption(
      new Option(
        "--drain-seconds <n>",
        "Seconds that runs have to finish after the first signal. Without it: no end.",
      ).argParser(wholeNumber(1)),
    )
    .addOption(
      new Option(
        "--on-shutdown <what>",
        "What becomes of runs that are cut off: crash, reschedule, or auto, which " +
          "reschedules those tagged 'idempotent' (runs or deployments).",
      )
        .choices(["auto", "reschedule", "crash"])
        .default("auto"),
    )
    .addHelpText(
      "after",
      `
Signals: the first SIGTERM or Ctrl-C takes no new runs and waits for those under way,
the second stops them, the third ends the worker at once.

Examples:
  $ prefect-ts worker start --pool dev-process
  $ prefect-ts worker start --pool dev-process --work-queue default --limit 4 --with-healthcheck`,
    )
    .action((options: StartOptions) => startWorker(session, options));
}

async function startWorker(session: Session, options: StartOptions): Promise<void> {
  const { settings } = session;
  checkType(options.type);
  const pool = options.pool ?? (await askForPool(session));
  if (pool.trim() === "" || /[/%]/.test(pool)) {
    throw usageError(`Work pool name '${pool}' cannot be empty or hold / or %.`);
  }
  const template = options.baseJobTemplate;
  const baseJobTemplate =
    template === undefined
      ? undefined
      : (await import("./work-pool/template.ts")).readBaseJobTemplate(template);
  const { createLogger } = await import("./logger.ts");
  const { workerSignals } = await import("./signals.ts");
  const logger = createLogger(settings, session.debug);
  using signals = workerSignals((step, signal) => {
    if (step === "drain")
      logger.warn(`Received ${signal}: taking no new runs, waiting for those under way. Again cancels them.`);
    else
      logger.warn(
        `Received ${signal} again: cancelling the runs under way. Once more ends the worker at once.`,
      );
  });
  staySmall();
  const worker = await import("../worker/start.ts");
  process.exitCode = await worker.startWorker({
    settings,
    pool,
    type: options.type,
    version: `prefect-ts ${readVersion()}`,
    name: options.name,
    workQueues: options.workQueue,
    limit: options.limit,
    prefetchSeconds: options.prefetchSeconds ?? settings.worker.prefetchSeconds,
    runOnce: options.runOnce,
    withHealthcheck: options.withHealthcheck,
    ...(baseJobTemplate === undefined ? {} : { baseJobTemplate }),
    createPoolIfNotFound: options.createPoolIfNotFound,
    warm: options.warm,
    drainSeconds: options.drainSeconds ?? settings.worker.drainSeconds,
    onShutdown: options.onShutdown,
    logger,
    signals: { drain: signals.drain, cancel: signals.cancel },
  });
}

function checkType(type: string | undefined): void {
  if (type === undefined || isWorkPoolType(type)) return;
  throw usageError(
    `Unknown worker type '${type}'. This worker serves pools of type ${workPoolTypes.join(" or ")}; ` +
      "pools of other types need the worker of Prefect for Python.",
  );
}

async function askForPool(session: Session): Promise<string> {
  if (!session.interactive) throw usageError("Missing required option '--pool' / '-p'.");
  const { askText } = await import("./prompt.ts");
  return askText("Work pool name");
}
