import type { JsonObject } from "../../prefect/api-types.ts";
import type { PrefectClient } from "../../prefect/client/client.ts";
import { isNotFound } from "../../prefect/errors.ts";
import { CliError, usageError } from "../errors.ts";
import { onStdout, print } from "../output.ts";
import { confirm } from "../prompt.ts";
import type { Session } from "../session.ts";
import { readBaseJobTemplate } from "./template.ts";
import { unknownWorkPool } from "./unknown.ts";

export interface UpdateOptions {
  baseJobTemplate?: string;
  concurrencyLimit?: number;
  description?: string;
}

/** Changes a pool and says what was done. @throws CliError when there is no such pool */
export async function changeWorkPool(
  session: Session,
  name: string,
  changes: JsonObject,
  done: string,
): Promise<void> {
  await session.withClient((client) => known(client, name, () => client.workPools.update(name, changes)));
  print(onStdout.green(done));
}

/** `prefect-ts work-pool update`. */
export async function updateWorkPool(session: Session, name: string, options: UpdateOptions): Promise<void> {
  const changes: JsonObject = {};
  if (options.baseJobTemplate !== undefined) {
    changes.base_job_template = readBaseJobTemplate(options.baseJobTemplate);
  }
  if (options.concurrencyLimit !== undefined) changes.concurrency_limit = options.concurrencyLimit;
  if (options.description !== undefined) changes.description = options.description;
  if (Object.keys(changes).length === 0) {
    throw usageError("Nothing to update: give --base-job-template, --concurrency-limit or --description.");
  }
  await changeWorkPool(session, name, changes, `Updated work pool '${name}'`);
}

/** `prefect-ts work-pool delete`: asks first on a terminal. */
export async function deleteWorkPool(session: Session, name: string): Promise<void> {
  await session.withClient((client) =>
    known(client, name, async () => {
      await client.workPools.read(name);
      if (!(await confirm(session, `Are you sure you want to delete work pool with name '${name}'?`))) {
        throw new CliError("Deletion aborted.");
      }
      await client.workPools.delete(name);
    }),
  );
  print(onStdout.green(`Deleted work pool '${name}'`));
}

async function known(client: PrefectClient, name: string, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    throw isNotFound(error) ? await unknownWorkPool(client, name) : error;
  }
}
