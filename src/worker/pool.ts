import type { JsonObject, WorkPool } from "../prefect/api-types.ts";
import { defaultBaseJobTemplate, type WorkPoolType } from "../prefect/base-job-templates.ts";
import type { PrefectClient } from "../prefect/client/client.ts";
import { isNotFound } from "../prefect/errors.ts";
import { WorkerError } from "./errors.ts";
import type { WorkerOptions } from "./options.ts";

/** Types that a worker can be of so far. */
const knownTypes: readonly WorkPoolType[] = ["process"];

/**
 * The worker's pool: read, or made when a type was asked for, with a base job template in either case.
 * @throws WorkerError POOL_NOT_FOUND, POOL_TYPE_UNKNOWN
 */
export async function ensurePool(client: PrefectClient, options: WorkerOptions): Promise<WorkPool> {
  const { logger } = options;
  const pool = (await findPool(client, options.pool)) ?? (await createPool(client, options));
  const type = options.type ?? pool.type;
  if (!isKnown(type)) {
    throw new WorkerError(
      "POOL_TYPE_UNKNOWN",
      `Work pool "${pool.name}" is of type "${pool.type}", which this worker cannot serve. It knows: ${knownTypes.join(", ")}.`,
    );
  }
  if (type !== pool.type) {
    logger.warn(`Worker type '${type}' does not match the type '${pool.type}' of work pool '${pool.name}'.`);
  }
  return Object.keys(pool.base_job_template ?? {}).length > 0 ? pool : giveTemplate(client, pool, type);
}

async function findPool(client: PrefectClient, name: string): Promise<WorkPool | undefined> {
  try {
    return await client.workPools.read(name);
  } catch (error) {
    if (isNotFound(error)) return undefined;
    throw error;
  }
}

async function createPool(client: PrefectClient, options: WorkerOptions): Promise<WorkPool> {
  const { pool: name, type, logger } = options;
  if (type === undefined || !options.createPoolIfNotFound) {
    throw new WorkerError(
      "POOL_NOT_FOUND",
      `There is no work pool "${name}" on ${options.settings.apiUrl}. ` +
        `Make it with: prefect-ts work-pool create "${name}" --type process`,
    );
  }
  if (!isKnown(type)) {
    throw new WorkerError(
      "POOL_TYPE_UNKNOWN",
      `Worker type "${type}" is not known. Types: ${knownTypes.join(", ")}.`,
    );
  }
  const pool = await client.workPools.create({ name, type, base_job_template: template(options, type) });
  logger.info(`Work pool '${name}' of type '${type}' was created.`);
  return pool;
}

function template(options: WorkerOptions, type: WorkPoolType): JsonObject {
  return options.baseJobTemplate ?? defaultBaseJobTemplate(type);
}

/** A pool made through the API may have no template: it gets its type's default, as from Prefect's worker. */
async function giveTemplate(client: PrefectClient, pool: WorkPool, type: WorkPoolType): Promise<WorkPool> {
  const base_job_template = defaultBaseJobTemplate(type);
  await client.workPools.update(pool.name, { base_job_template });
  return { ...pool, base_job_template };
}

function isKnown(type: string): type is WorkPoolType {
  return (knownTypes as readonly string[]).includes(type);
}
