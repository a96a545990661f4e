import { Command, Option } from "commander";
import { findFlowRun } from "./flow-run/find.ts";
import { type ListOptions, listFlowRuns } from "./flow-run/list.ts";
import { DEFAULT_COUNT, type LogsOptions, showLogs } from "./flow-run/logs.ts";
import { repeated, wholeNumber, withOutput } from "./options.ts";
import { printJson, printObject } from "./output.ts";
import type { Session } from "./session.ts";

/** `prefect-ts flow-run`: ls, logs, inspect. */
export function flowRunCommand(session: Session): Command {
  const noun = new Command("flow-run").description("Interact with flow runs.");
  noun.addCommand(list(session));
  noun.addCommand(logs(session));
  noun.addCommand(inspect(session));
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
      .argument("<id>", "The flow run's id, or its name.")
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
    .argument("<id>", "The flow run's id, or its name.")
    .action(async (id: string, options: { output?: string }) => {
      const run = await session.withClient((client) => findFlowRun(client, id));
      if (options.output === "json") printJson(run);
      else printObject(run);
    });
}
