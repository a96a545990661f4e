import { Command, Option } from "commander";
import { findDeployment, listDeployments } from "./deployment/find.ts";
import type { RunOptions } from "./deployment/run.ts";
import { repeated, seconds, withOutput } from "./options.ts";
import { onStdout, print, printJson, printObject } from "./output.ts";
import type { Session } from "./session.ts";
import { printTable } from "./table.ts";

/** `prefect-ts deployment`: run, ls, inspect. */
export function deploymentCommand(session: Session): Command {
  const noun = new Command("deployment").description("Manage and run deployments.");
  noun.addCommand(run(session));
  noun.addCommand(list(session));
  noun.addCommand(inspect(session));
  return noun;
}

function run(session: Session): Command {
  return new Command("run")
    .description(
      "Create a flow run for the given flow and deployment. It starts at once unless --start-in or --start-at is " +
        "given, and executes when a worker of its work pool picks it up.",
    )
    .argument("[name]", "A deployed flow's name: <FLOW_NAME>/<DEPLOYMENT_NAME>")
    .option("--id <id>", "A deployment id to search for if no name is given.")
    .option(
      "-p, --param <key=value>",
      "A parameter; the value is interpreted as JSON (repeatable).",
      repeated,
      [],
    )
    .option("--params <json>", "A JSON object of parameters, '-' for stdin. --param takes precedence.")
    .option(
      "--job-variable <key=value>",
      "A job variable (also -jv); the value is interpreted as JSON (repeatable).",
      repeated,
      [],
    )
    .option("--tag <tag>", "A tag to be applied to the flow run (repeatable).", repeated, [])
    .option("--start-in <time>", "How long to wait before starting: '10 minutes', '1h30m', '2 days'.")
    .option("--start-at <time>", "When to start: '2026-08-01 17:30', '5:30pm', 'tomorrow 6:00'.")
    .option("--flow-run-name <name>", "A name for the flow run; {parameter} stands for a parameter's value.")
    .option("--watch", "Show states and logs until the run has ended; exit code 0 only if it completed.")
    .addOption(
      new Option("--watch-interval <seconds>", "How often to ask for states and logs.")
        .argParser(seconds)
        .default(0.5),
    )
    .addOption(new Option("--watch-timeout <seconds>", "How long to watch at most.").argParser(seconds))
    .addHelpText(
      "after",
      `
Examples:
  $ prefect-ts deployment run "Migrate Users/migrate-users-dev"
  $ prefect-ts deployment run "Migrate Users/migrate-users-dev" --param dry_run=false --watch
  $ prefect-ts deployment run "Oracle Schema Snapshot/oracle-schema-snapshot-dev" --start-at "tomorrow 6:00"
  $ echo '{"oracle_env": "TEST"}' | prefect-ts deployment run "Migrate Users/migrate-users-dev" --params -`,
    )
    .action(async (name: string | undefined, options: RunOptions) => {
      const { runDeployment } = await import("./deployment/run.ts");
      await runDeployment(session, name, options);
    });
}

function list(session: Session): Command {
  return withOutput(new Command("ls"))
    .description("View all deployments or deployments for specific flows.")
    .argument("[flow_name...]", "One or more flow names to filter deployments by.")
    .option("--by-created", "Sort by created time instead of name.")
    .action(async (flowNames: string[], options: { byCreated?: boolean; output?: string }) => {
      const found = await session.withClient((client) => listDeployments(client, flowNames));
      if (options.byCreated === true) {
        found.sort((one, other) =>
          (other.deployment.created ?? "").localeCompare(one.deployment.created ?? ""),
        );
      } else {
        found.sort((one, other) => one.fullName.localeCompare(other.fullName));
      }
      if (options.output === "json") return printJson(found.map(({ deployment }) => deployment));
      if (found.length === 0) return print(onStdout.green("No deployments found."));
      const rows = found.map(({ deployment, flow }) => [
        onStdout.blue(`${flow?.name ?? "?"}/${onStdout.bold(deployment.name)}`),
        onStdout.cyan(deployment.id),
        onStdout.green(deployment.work_pool_name ?? ""),
      ]);
      printTable("Deployments", ["Name", "ID", "Work Pool"], rows);
    });
}

function inspect(session: Session): Command {
  return withOutput(new Command("inspect"))
    .description("View details about a deployment.")
    .argument("<name>", "A deployed flow's name: <FLOW_NAME>/<DEPLOYMENT_NAME>")
    .action(async (name: string, options: { output?: string }) => {
      const shown = await session.withClient(async (client) => {
        const deployment = await findDeployment(client, name);
        return { ...deployment, automations: await client.deployments.automations(deployment.id) };
      });
      if (options.output === "json") printJson(shown);
      else printObject(shown);
    });
}
