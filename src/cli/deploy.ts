import { Command, InvalidArgumentError, Option } from "commander";
import type { DeployOptions } from "./deploy/options.ts";
import { repeated, wholeNumber } from "./options.ts";
import type { Session } from "./session.ts";
import { isTimezone } from "./time.ts";

/** `prefect-ts deploy`: registers deployments with the server. */
export function deployCommand(session: Session): Command {
  const command = new Command("deploy")
    .description(
      "Create and update deployments: those of prefect.yaml, or one for the flow that is named. " +
        "All are checked, and their flows loaded, before the first is changed.",
    )
    .argument("[entrypoint]", "The path to a flow and its export, like src/flows/users.ts:migrateUsers.")
    .option("--all", "Deploy all flows in the project. Ignored when an entrypoint is given.")
    .option(
      "-n, --name <pattern>",
      "The name of the deployment; repeatable, can be a pattern: 'my-deployment', 'my-flow/my-*'.",
      repeated,
      [],
    )
    .option("--prefect-file <file>", "A file to read instead of prefect.yaml.", "prefect.yaml");
  addDeploymentOptions(command);
  addScheduleOptions(command);
  return command
    .addHelpText(
      "after",
      `
Placeholders in prefect.yaml: {{ $NAME }} is an environment variable, filled here;
{{ prefect.blocks.… }} and {{ prefect.variables.… }} of pull steps and job variables are filled by the worker.

Examples:
  $ prefect-ts deploy --all
  $ prefect-ts deploy --name migrate-users-dev
  $ prefect-ts deploy --name 'migrate-*' --no-prompt
  $ prefect-ts deploy src/flows/migrate-users.ts --name nightly --pool dev-process \\
      --cron '0 3 * * *' --timezone Europe/Oslo --param dry_run=true`,
    )
    .action(async (entrypoint: string | undefined, options: DeployOptions) => {
      const { deploy } = await import("./deploy/run.ts");
      await deploy(session, entrypoint, options);
    });
}

function addDeploymentOptions(command: Command): void {
  command
    .option("-p, --pool <name>", "The work pool that will handle this deployment's runs.")
    .option(
      "-q, --work-queue <name>",
      "The work queue for this deployment's runs. Created if it doesn't exist.",
    )
    .option("-v, --version <version>", "A version to give the deployment.")
    .option("-t, --tag <tag>", "A tag to apply to the deployment (repeatable).", repeated, [])
    .option("-d, --description <text>", "A description. Without it: the flow's own.")
    .option(
      "--job-variable <key=value>",
      "A job variable (also -jv), or a JSON object of several (repeatable).",
      repeated,
      [],
    )
    .option("--param <key=value>", "A parameter, values are parsed as JSON (repeatable).", repeated, [])
    .option("--params <json>", "Parameters as one JSON object.")
    .addOption(
      new Option("--concurrency-limit <n>", "The maximum number of concurrent runs (also -cl).").argParser(
        wholeNumber(1),
      ),
    )
    .addOption(
      new Option("--collision-strategy <strategy>", "What happens to a run beyond the limit.").choices([
        "ENQUEUE",
        "CANCEL_NEW",
      ]),
    )
    .option("--enforce-parameter-schema", "Let the server refuse parameters that don't fit the flow.")
    .option("--no-enforce-parameter-schema", "Let any parameters through.");
}

function addScheduleOptions(command: Command): void {
  command
    .option("--cron <cron>", "A cron string for a schedule (repeatable).", repeated, [])
    .addOption(
      new Option("--interval <seconds>", "An interval in seconds for a schedule (repeatable).")
        .argParser((value: string, before: number[] = []) => [...before, wholeNumber(1)(value)])
        .default([]),
    )
    .option("--anchor-date <date>", "The anchor date for all interval schedules.")
    .option("--rrule <rrule>", "An RRule for a schedule (repeatable).", repeated, [])
    .addOption(
      new Option("--timezone <name>", "The time zone of the schedules, like Europe/Oslo.").argParser(
        (name) => {
          if (!isTimezone(name))
            throw new InvalidArgumentError("Give the name of a time zone, like Europe/Oslo.");
          return name;
        },
      ),
    );
}
