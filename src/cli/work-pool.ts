import { Argument, Command, Option } from "commander";
import { defaultBaseJobTemplate, isWorkPoolType, workPoolTypes } from "../prefect/base-job-templates.ts";
import { isNotFound } from "../prefect/errors.ts";
import { usageError } from "./errors.ts";
import { wholeNumber, withOutput } from "./options.ts";
import { onStdout, print, printJson, printObject } from "./output.ts";
import type { Session } from "./session.ts";
import { printTable } from "./table.ts";
import { changeWorkPool, deleteWorkPool, type UpdateOptions, updateWorkPool } from "./work-pool/change.ts";
import { type CreateOptions, createWorkPool } from "./work-pool/create.ts";
import { unknownWorkPool } from "./work-pool/unknown.ts";

/** `prefect-ts work-pool`: create, ls, inspect, update, pause, resume, limits, templates, delete. */
export function workPoolCommand(session: Session): Command {
  const noun = new Command("work-pool").description("Manage work pools.");
  noun.addCommand(create(session));
  noun.addCommand(list(session));
  noun.addCommand(inspect(session));
  noun.addCommand(update(session));
  noun.addCommand(
    ofPool("pause", "Pause a work pool: its runs wait until it is resumed.").action((name: string) =>
      changeWorkPool(session, name, { is_paused: true }, `Paused work pool '${name}'`),
    ),
  );
  noun.addCommand(
    ofPool("resume", "Resume a paused work pool.").action((name: string) =>
      changeWorkPool(session, name, { is_paused: false }, `Resumed work pool '${name}'`),
    ),
  );
  noun.addCommand(
    ofPool("set-concurrency-limit", "Set the concurrency limit of a work pool.")
      .addArgument(
        new Argument("<limit>", "How many runs of the pool may be under way at once.").argParser(
          wholeNumber(0),
        ),
      )
      .action((name: string, limit: number) =>
        changeWorkPool(
          session,
          name,
          { concurrency_limit: limit },
          `Set concurrency limit for work pool '${name}' to ${limit}`,
        ),
      ),
  );
  noun.addCommand(
    ofPool("clear-concurrency-limit", "Clear the concurrency limit of a work pool.").action((name: string) =>
      changeWorkPool(
        session,
        name,
        { concurrency_limit: null },
        `Cleared concurrency limit for work pool '${name}'`,
      ),
    ),
  );
  noun.addCommand(defaultTemplate());
  noun.addCommand(
    ofPool("delete", "Delete a work pool.").action((name: string) => deleteWorkPool(session, name)),
  );
  return noun;
}

function create(session: Session): Command {
  return new Command("create")
    .description("Create a new work pool or update an existing one.")
    .argument("<name>", "The name of the work pool.")
    .option("-t, --type <type>", "The type of work pool to create: process or kubernetes.")
    .option(
      "--base-job-template <file>",
      "The path to a JSON file with the base job template, or the JSON itself. Without it the type's default is used.",
    )
    .option("--paused", "Create the work pool in a paused state.", false)
    .option("--set-as-default", "Use this work pool for deployments that name none.", false)
    .option("--overwrite", "Update a work pool of the same name.", false)
    .addHelpText(
      "after",
      `
Examples:
  $ prefect-ts work-pool create dev-process --type process
  $ prefect-ts work-pool create gbif-automations --type kubernetes --base-job-template ./template.json
  $ prefect-ts work-pool create dev-process --base-job-template ./template.json --overwrite`,
    )
    .action((name: string, options: CreateOptions) => createWorkPool(session, name, options));
}

function list(session: Session): Command {
  return withOutput(new Command("ls"))
    .description("List work pools.")
    .option("-v, --verbose", "Show additional information about work pools.", false)
    .action(async (options: { verbose: boolean; output?: string }) => {
      const pools = await session.withClient((client) => client.workPools.filter());
      pools.sort((one, other) => (other.created ?? "").localeCompare(one.created ?? ""));
      if (options.output === "json") return printJson(pools);
      if (pools.length === 0) return print(onStdout.green("No work pools found."));
      const head = ["Name", "Type", "ID", "Concurrency Limit"];
      const rows = pools.map((pool) => [
        pool.is_paused ? `${onStdout.green(pool.name)} ${onStdout.red("(**)")}` : onStdout.green(pool.name),
        onStdout.magenta(pool.type),
        onStdout.cyan(pool.id),
        pool.concurrency_limit == null ? onStdout.blue("None") : onStdout.red(String(pool.concurrency_limit)),
        ...(options.verbose ? [JSON.stringify(pool.base_job_template)] : []),
      ]);
      if (options.verbose) head.push("Base Job Template");
      printTable("Work Pools", head, rows, "(**) denotes a paused pool");
    });
}

function inspect(session: Session): Command {
  return withOutput(new Command("inspect"))
    .description("Inspect a work pool.")
    .argument("<name>", "The name of the work pool to inspect.")
    .action(async (name: string, options: { output?: string }) => {
      const pool = await session.withClient(async (client) => {
        try {
          return await client.workPools.read(name);
        } catch (error) {
          throw isNotFound(error) ? await unknownWorkPool(client, name) : error;
        }
      });
      if (options.output === "json") printJson(pool);
      else printObject(pool);
    });
}

function update(session: Session): Command {
  return ofPool("update", "Update a work pool.")
    .option(
      "--base-job-template <file>",
      "The path to a JSON file with the base job template, or the JSON itself.",
    )
    .addOption(
      new Option("--concurrency-limit <n>", "The concurrency limit of the work pool.").argParser(
        wholeNumber(0),
      ),
    )
    .option("--description <text>", "A description of the work pool.")
    .action((name: string, options: UpdateOptions) => updateWorkPool(session, name, options));
}

function defaultTemplate(): Command {
  return new Command("get-default-base-job-template")
    .description(
      "Show the default base job template of a work pool type, to write it to a file and change it.",
    )
    .requiredOption("-t, --type <type>", `The type of work pool: ${workPoolTypes.join(" or ")}.`)
    .action(({ type }: { type: string }) => {
      if (!isWorkPoolType(type)) {
        throw usageError(`Unknown work pool type '${type}'. Please choose from ${workPoolTypes.join(", ")}.`);
      }
      printJson(defaultBaseJobTemplate(type));
    });
}

function ofPool(verb: string, description: string): Command {
  return new Command(verb).description(description).argument("<name>", "The name of the work pool.");
}
