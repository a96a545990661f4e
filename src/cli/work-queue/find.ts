import type { WorkQueue } from "../../prefect/api-types.ts";
import type { PrefectClient } from "../../prefect/client/client.ts";
import { isNotFound } from "../../prefect/errors.ts";
import { CliError } from "../errors.ts";
import { suggestion } from "../names.ts";
import { unknownWorkPool } from "../work-pool/unknown.ts";

export interface PoolQueue {
  pool: string;
  queue: WorkQueue;
}

/** The queues of one pool, or of all pools. @throws CliError when there is no such pool */
export async function listQueues(client: PrefectClient, pool: string | undefined): Promise<PoolQueue[]> {
  const pools = pool === undefined ? (await client.workPools.filter()).map(({ name }) => name) : [pool];
  const found = await Promise.all(
    pools.map(async (name) => {
      const queues = await queuesOf(client, name);
      return queues.map((queue) => ({ pool: name, queue }));
    }),
  );
  return found.flat();
}

/**
 * Finds a queue by its name or id. Without a pool the name must be in one pool only: `default` is in every one.
 * @throws CliError when there is none, or several
 */
export async function findQueue(
  client: PrefectClient,
  nameOrId: string,
  pool: string | undefined,
): Promise<PoolQueue> {
  const queues = await listQueues(client, pool);
  const [first, ...more] = queues.filter(({ queue }) => queue.name === nameOrId || queue.id === nameOrId);
  if (first === undefined) {
    const where = pool === undefined ? "" : ` in work pool '${pool}'`;
    const names = [...new Set(queues.map(({ queue }) => queue.name))];
    throw new CliError(
      `No work queue named '${nameOrId}' found${where}. ${suggestion(nameOrId, names, "There is no queue yet.")}`,
    );
  }
  if (more.length > 0) {
    const pools = [first, ...more].map((found) => `'${found.pool}'`).join(", ");
    throw new CliError(`Several work pools have a queue '${nameOrId}': ${pools}. Name one with --pool.`);
  }
  return first;
}

async function queuesOf(client: PrefectClient, pool: string): Promise<WorkQueue[]> {
  try {
    return await client.workPools.queues(pool);
  } catch (error) {
    throw isNotFound(error) ? await unknownWorkPool(client, pool) : error;
  }
}
