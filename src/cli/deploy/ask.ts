import type { PrefectClient } from "../../prefect/client/client.ts";
import { CliError } from "../errors.ts";
import { askText, pick } from "../prompt.ts";
import type { DeploymentConfig } from "./schema.ts";

/** Asks for what a deployment cannot be without. Only on a terminal. */
export async function askForMissing(
  client: PrefectClient,
  config: DeploymentConfig,
): Promise<DeploymentConfig> {
  const entrypoint =
    config.entrypoint ?? (await askText("Flow entrypoint (expected format path/to/file.ts:flowExport)"));
  const name = config.name ?? (await askText("Deployment name", "default"));
  const pool = config.work_pool?.name ?? (await pickPool(client));
  return { ...config, entrypoint, name, work_pool: { ...config.work_pool, name: pool } };
}

async function pickPool(client: PrefectClient): Promise<string> {
  const pools = await client.workPools.filter();
  if (pools.length === 0) {
    throw new CliError(
      "The server has no work pool yet. To create one: prefect-ts work-pool create dev-process --type process",
    );
  }
  const question = "Which work pool would you like to deploy this flow to?";
  return (await pick(question, pools, (pool) => `${pool.name}  ${pool.type}`)).name;
}
