import { Argument, Command, Option } from "commander";
import { wholeNumber, withOutput } from "./options.ts";
import { onStdout, print, printJson, printObject } from "./output.ts";
import type { Session } from "./session.ts";
import { printTable } from "./table.ts";
import {
  type CreateOptions,
  changeQueue,
  createQueue,
  deleteQueue,
  type PoolOption,
} from "./work-queue/change.ts";
import { findQueue, listQueues } from "./work-queue/find.ts";

/** `prefect-ts work-queue`: create, ls, inspect, pause, resume, set- and clear-concurrency-limit, delete. */
export function workQueueCommand(session: Session): Command {
  const noun = new Command("work-queue").description("Manage work queues.");
  noun.addCommand(create(session));
  noun.addCommand(list(session));
  noun.addCommand(inspect(session));
  noun.addCommand(
    ofQueue("pause", "Pause a work queue: its runs wait until it is resumed.").action(
      (name: string, options: PoolOption) =>
        changeQueue(session, name, options, { is_paused: true }, (queue) => `Paused ${queue}`),
    ),
  );
  noun.addCommand(
    ofQueue("resume", "Resume a paused work queue.").action((name: string, options: PoolOption) =>
      changeQueue(session, name, options, { is_paused: false }, (queue) => `Resumed ${queue}`),
    ),
  );
  noun.addCommand(setLimit(session));
  noun.addCommand(
    ofQueue("clear-concurrency-limit", "Clear any concurrency limit from a work queue.").action(
      (name: string, options: PoolOption) =>
        changeQueue(
          session,
          name,
          options,
          { concurrency_limit: null },
          (queue) => `Concurrency limit removed from ${queue}`,
        ),
    ),
  );
  noun.addCommand(
    ofQueue("delete", "Delete a work queue.").action((name: string, options: PoolOption) =>
      deleteQueue(session, name, options),
    ),
  );
  return noun;
}

function create(session: Session): Command {
  return new Command("create")
    .description("Create a work queue.")
    .argument("<name>", "The unique name to assign this work queue.")
    .addOption(
      new Option("-l, --limit <n>", "The concurrency limit to set on the queue.").argParser(wholeNumber(0)),
    )
    .option("-p, --pool <name>", "The name of the work pool to create the work queue in.")
    .addOption(
      new Option("-q, --priority <n>", "The priority of the queue: 1 is served first.").argParser(
        wholeNumber(1),
      ),
    )
    .addHelpText(
      "after",
      `
Examples:
  $ prefect-ts work-queue create urgent --pool dev-process --priority 1
  $ prefect-ts work-queue create nightly --pool dev-process --limit 2`,
    )
    .action((name: string, options: CreateOptions) => createQueue(session, name, options));
}

function list(session: Session): Command {
  return withOutput(new Command("ls"))
    .description("View all work queues.")
    .option("-p, --pool <name>", "The name of the work pool containing the work queues to list.")
    .action(async ({ pool, output }: PoolOption & { output?: string }) => {
      const queues = await session.withClient((client) => listQueues(client, pool));
      if (output === "json") return printJson(queues.map(({ queue }) => queue));
      if (queues.length === 0) return print(onStdout.green("No work queues found."));
      printTable(
        pool === undefined ? "Work Queues" : `Work Queues in Work Pool '${pool}'`,
        ["Name", "Pool", "ID", "Priority", "Concurrency Limit"],
        queues.map(({ pool: of, queue }) => [
          `${onStdout.green(queue.name)}${queue.is_paused ? onStdout.red(" (**)") : ""}`,
          onStdout.magenta(of),
          onStdout.cyan(queue.id),
          String(queue.priority),
          queue.concurrency_limit == null
            ? onStdout.blue("None")
            : onStdout.red(String(queue.concurrency_limit)),
        ]),
        "(**) denotes a paused queue",
      );
    });
}

function inspect(session: Session): Command {
  return withOutput(ofQueue("inspect", "Inspect a work queue.")).action(
    async (name: string, { pool, output }: PoolOption & { output?: string }) => {
      const { queue } = await session.withClient((client) => findQueue(client, name, pool));
      if (output === "json") printJson(queue);
      else printObject(queue);
    },
  );
}

function setLimit(session: Session): Command {
  return ofQueue("set-concurrency-limit", "Set a concurrency limit on a work queue.")
    .addArgument(
      new Argument("<limit>", "How many runs of the queue may be under way at once.").argParser(
        wholeNumber(0),
      ),
    )
    .action((name: string, limit: number, options: PoolOption) =>
      changeQueue(
        session,
        name,
        options,
        { concurrency_limit: limit },
        (queue) => `Concurrency limit of ${limit} set on ${queue}`,
      ),
    );
}

function ofQueue(verb: string, description: string): Command {
  return new Command(verb)
    .description(description)
    .argument("<name>", "The name or id of the work queue.")
    .option("-p, --pool <name>", "The name of the work pool that the work queue belongs to.");
}
