import type { JsonObject, WorkPool } from "../../prefect/api-types.ts";
import { defaultBaseJobTemplate, isWorkPoolType, workPoolTypes } from "../../prefect/base-job-templates.ts";
import type { PrefectClient } from "../../prefect/client/client.ts";
import { isNotFound } from "../../prefect/errors.ts";
import { CliError, usageError } from "../errors.ts";
import { onStdout, print, printFacts } from "../output.ts";
import type { Session } from "../session.ts";
import { readBaseJobTemplate } from "./template.ts";

export interface CreateOptions {
  type?: string;
  baseJobTemplate?: string;
  paused: boolean;
  setAsDefault: boolean;
  overwrite: boolean;
}

/** `prefect-ts work-pool create`. Everything is checked before the pool is touched. */
export async function createWorkPool(session: Session, name: string, options: CreateOptions): Promise<void> {
  if (name.trim().replace(/['"]/g, "") === "") throw usageError("Work pool name cannot be empty.");
  if (/[/%]/.test(name)) throw usageError(`Work pool name '${name}' cannot hold / or %.`);
  const given =
    options.baseJobTemplate === undefined ? undefined : readBaseJobTemplate(options.baseJobTemplate);
  const pool = await session.withClient(async (client) => {
    const existing = await readIfThere(client, name);
    if (existing !== undefined && !options.overwrite) {
      throw new CliError(`Work pool named '${name}' already exists. Use --overwrite to update it.`);
    }
    const type = await chooseType(session, options.type ?? existing?.type);
    const template = given ?? defaultTemplate(type);
    await createOrUpdate(client, existing, name, type, template, options.paused);
    return client.workPools.read(name);
  });
  await report(session, pool, options);
}

async function createOrUpdate(
  client: PrefectClient,
  existing: WorkPool | undefined,
  name: string,
  type: string,
  template: JsonObject,
  paused: boolean,
): Promise<void> {
  if (existing === undefined) {
    await client.workPools.create({ name, type, base_job_template: template, is_paused: paused });
    print(onStdout.green(`Created work pool '${name}'!\n`));
    return;
  }
  if (existing.type !== type) {
    throw new CliError(
      `Work pool '${name}' has the type ${existing.type}, which cannot be changed to ${type}. ` +
        "Create a pool of another name.",
    );
  }
  await client.workPools.update(name, { base_job_template: template, is_paused: paused });
  print(onStdout.green(`Updated work pool '${name}'!\n`));
}

async function readIfThere(client: PrefectClient, name: string): Promise<WorkPool | undefined> {
  try {
    return await client.workPools.read(name);
  } catch (error) {
    if (isNotFound(error)) return undefined;
    throw error;
  }
}

async function chooseType(session: Session, wanted: string | undefined): Promise<string> {
  const known = workPoolTypes.join(", ");
  if (wanted === undefined) {
    if (!session.interactive) {
      throw usageError(
        `When not using an interactive terminal, you must supply a \`--type\` value. Please choose from ${known}.`,
      );
    }
    const { pick } = await import("../prompt.ts");
    return pick(
      "What type of work pool infrastructure would you like to use?",
      [...workPoolTypes],
      (type) => type,
    );
  }
  return wanted;
}

function defaultTemplate(type: string): JsonObject {
  if (isWorkPoolType(type)) return defaultBaseJobTemplate(type);
  throw usageError(`Unknown work pool type '${type}'. Please choose from ${workPoolTypes.join(", ")}.`);
}

async function report(session: Session, pool: WorkPool, options: CreateOptions): Promise<void> {
  if (!options.paused) {
    print("To start a worker for this work pool, run:\n");
    print(`\t${onStdout.blue(`prefect-ts worker start --pool ${pool.name}`)}\n`);
  }
  if (options.setAsDefault) {
    const { updateActiveProfile } = await import("../../prefect/settings/profiles.ts");
    const changes = { PREFECT_DEFAULT_WORK_POOL_NAME: pool.name };
    const profile = updateActiveProfile(changes, session.environment, process.cwd());
    print(onStdout.green(`Set '${pool.name}' as default work pool for profile '${profile}'\n`));
  }
  printFacts({
    UUID: pool.id,
    Type: pool.type,
    Description: String(pool.description ?? "None"),
    Status: titled(String(pool.status ?? "unknown")),
    URL: session.uiUrl(`work-pools/work-pool/${encodeURIComponent(pool.name)}`),
  });
}

/** `NOT_READY` as Prefect shows it: `Not ready`. */
function titled(status: string): string {
  const words = status.toLowerCase().replaceAll("_", " ");
  return words.charAt(0).toUpperCase() + words.slice(1);
}
