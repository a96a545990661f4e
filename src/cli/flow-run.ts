import { Command, Option } from "commander";
import { cancelFlowRun, deleteFlowRun, retryFlowRun } from "./flow-run/change.ts";
import { findFlowRun } from "./flow-run/find.ts";
import { type ListOptions, listFlowRuns } from "./flow-run/list.ts";
import { DEFAULT_COUNT, type LogsOptions, showLogs } from "./flow-run/logs.ts";
import { watchToEnd } from "./flow-run/watch.ts";
import { repeated, seconds, wholeNumber, withOutput } from "./options.ts";
import { printJson, printObject } from "./output.ts";
import type { Session } from "./session.ts";

const ID = "The flow run's id, or its name.";

/** `prefect-ts flow-run`: ls, logs, inspect, watch, cancel, retry, delete. */
export function flowRunCommand(session: Session): Command {
  const noun = new Command("flow-run").description("Interact with flow runs.");
  noun.addCommand(list(session));
  noun.addCommand(logs(session));
  noun.addCommand(inspect(session));
  noun.addCommand(watch(session));
  noun.addCommand(
    changing("cancel", "Cancel a flow run.").action((id: string) => cancelFlowRun(session, id)),
  );
  noun.addCommand(
    changing(
      "retry",
      "Retry a flow run that has ended: a worker runs it again, with the same parameters.",
    ).action((id: string) => retryFlowRun(session, id)),
  );
  noun.addCommand(
    changing("delete", "Delete a flow run.").action((id: string) => deleteFlowRun(session, id)),
  );
  return noun;
}

function list(session: Session): Command {
  return withOutput(new Command("ls"))
    .description("View recent flow runs or flow runs for specific flows.")
    .option("--flow-name <name>", "Name of the flow (repeatable).", repeated, [])
    .addOption(
      new Option("--limit <n>", "Maximum number of flow runs to list, up to 200.")
        .argParser(wholeNumber(1, 200))
        .default(15),
    )
    .option("--state <name>", "Name of the flow run's state, like Late (repeatable).", repeated, [])
    .option("--state-type <type>", "Type of the flow run's state, like RUNNING (repeatable).", repeated, [])
    .addHelpText(
      "after",
      `
Examples:
  $ prefect-ts flow-run ls
  $ prefect-ts flow-run ls --flow-name "Migrate Users" --limit 50
  $ prefect-ts flow-run ls --state Running --state Late
  $ prefect-ts flow-run ls --state-type FAILED --state-type CRASHED -o json`,
    )
    .action((options: ListOptions) => listFlowRuns(session, options));
}

function logs(session: Session): Command {
  return (
    withOutput(new Command("logs"))
      .description("View logs for a flow run.")
      .argument("<id>", ID)
      // -h is --head here, as in Prefect.
      .helpOption("--help", "display help for command")
      .option("-h, --head", `Show the first ${DEFAULT_COUNT} logs instead of all logs.`)
      .addOption(
        new Option(
          "-n, --num-logs <n>",
          `Number of logs to show with --head or --tail (default: ${DEFAULT_COUNT}).`,
        ).argParser(wholeNumber(1)),
      )
      .option("-r, --reverse", "Show the most recent logs first.")
      .option("-t, --tail", `Show the last ${DEFAULT_COUNT} logs instead of all logs.`)
      .option("-f, --follow", "Go on showing logs until the run has ended.")
      .addHelpText(
        "after",
        `
Examples:
  $ prefect-ts flow-run logs 5f3c1a9e-8f0a-4f0e-9c52-2b7c1e0f7d11
  $ prefect-ts flow-run logs cheerful-otter --follow
  $ prefect-ts flow-run logs cheerful-otter --tail -n 100`,
      )
      .action((id: string, options: LogsOptions) => showLogs(session, id, options))
  );
}

function inspect(session: Session): Command {
  return withOutput(new Command("inspect"))
    .description("View details about a flow run.")
    .argument("<id>", ID)
    .action(async (id: string, options: { output?: string }) => {
      const run = await session.withClient((client) => findFlowRun(client, id));
      if (options.output === "json") printJson(run);
      else printObject(run);
    });
}

function watch(session: Session): Command {
  return new Command("watch")
    .description("Show states and logs of a flow run until it has ended; exit code 0 only if it completed.")
    .argument("<id>", ID)
    .addOption(new Option("--timeout <seconds>", "How long to watch at most.").argParser(seconds))
    .action((idOrName: string, { timeout }: { timeout?: number }) =>
      session.withClient(async (client) => {
        const { id } = await findFlowRun(client, idOrName);
        await watchToEnd(client, id, { interval: 0.5, timeout });
      }, true),
    );
}

function changing(verb: string, description: string): Command {
  return new Command(verb).description(description).argument("<id>", ID);
}
