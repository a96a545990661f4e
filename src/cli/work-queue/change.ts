import type { JsonObject } from "../../prefect/api-types.ts";
import { isNotFound, PrefectError } from "../../prefect/errors.ts";
import { CliError, usageError } from "../errors.ts";
import { onStdout, print, printFacts } from "../output.ts";
import { confirm } from "../prompt.ts";
import type { Session } from "../session.ts";
import { unknownWorkPool } from "../work-pool/unknown.ts";
import { findQueue } from "./find.ts";

export interface PoolOption {
  pool?: string;
}

export interface CreateOptions extends PoolOption {
  limit?: number;
  priority?: number;
}

/** `prefect-ts work-queue create`. */
export async function createQueue(session: Session, name: string, options: CreateOptions): Promise<void> {
  const pool = options.pool ?? session.settings.raw.PREFECT_DEFAULT_WORK_POOL_NAME;
  if (pool === undefined) throw usageError("Which work pool? Name it with --pool.");
  const wanted: JsonObject = {};
  if (options.limit !== undefined) wanted.concurrency_limit = options.limit;
  if (options.priority !== undefined) wanted.priority = options.priority;
  const queue = await session.withClient(async (client) => {
    try {
      return await client.workPools.createQueue(pool, name, wanted);
    } catch (error) {
      if (isNotFound(error)) throw await unknownWorkPool(client, pool);
      if (error instanceof PrefectError && error.status === 409) {
        throw new CliError(`Work queue with name: '${name}' already exists in work pool '${pool}'.`);
      }
      throw error;
    }
  });
  print(onStdout.green(`Created work queue '${name}' in work pool '${pool}'.`));
  printFacts({
    UUID: queue.id,
    Priority: String(queue.priority),
    "Concurrency limit": String(queue.concurrency_limit ?? "None"),
  });
  print("\nTo start a worker that picks up flow runs of this queue alone, run:\n");
  print(`\t${onStdout.blue(`prefect-ts worker start --pool ${pool} --work-queue ${name}`)}`);
}

/** Changes a queue and says what was done; `done` gets the words for the queue. */
export async function changeQueue(
  session: Session,
  nameOrId: string,
  { pool }: PoolOption,
  changes: JsonObject,
  done: (queue: string) => string,
): Promise<void> {
  await session.withClient(async (client) => {
    const found = await findQueue(client, nameOrId, pool);
    await client.workPools.updateQueue(found.pool, found.queue.name, changes);
    print(onStdout.green(done(`work queue '${found.queue.name}' in work pool '${found.pool}'`)));
  });
}

/** `prefect-ts work-queue delete`: asks first on a terminal. */
export async function deleteQueue(session: Session, nameOrId: string, { pool }: PoolOption): Promise<void> {
  await session.withClient(async (client) => {
    const found = await findQueue(client, nameOrId, pool);
    const words = `work queue '${found.queue.name}' in work pool '${found.pool}'`;
    if (!(await confirm(session, `Are you sure you want to delete ${words}?`))) {
      throw new CliError("Deletion aborted.");
    }
    await client.workPools.deleteQueue(found.pool, found.queue.name);
    print(onStdout.green(`Successfully deleted ${words}.`));
  });
}
