import type { PrefectClient } from "../../prefect/client/client.ts";
import { CliError } from "../errors.ts";
import { suggestion } from "../names.ts";

/** The error for a work pool that the server does not have: names that resemble it, and how to make it. */
export async function unknownWorkPool(client: PrefectClient, name: string): Promise<CliError> {
  const pools = await client.workPools.filter();
  const known = pools.map((pool) => pool.name);
  return new CliError(
    `Work pool '${name}' not found! ${suggestion(name, known, "The server has no work pool yet.")} ` +
      `To create it: prefect-ts work-pool create ${JSON.stringify(name)} --type process`,
  );
}
