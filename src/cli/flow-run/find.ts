import type { FlowRun } from "../../prefect/api-types.ts";
import type { PrefectClient } from "../../prefect/client/client.ts";
import { isNotFound } from "../../prefect/errors.ts";
import { CliError } from "../errors.ts";
import { isUuid } from "../uuid.ts";

/**
 * Reads a flow run by its id, or by its name where only one run has it.
 * @throws CliError when there is none, or several of that name
 */
export async function findFlowRun(client: PrefectClient, idOrName: string): Promise<FlowRun> {
  if (isUuid(idOrName)) {
    try {
      return await client.flowRuns.read(idOrName);
    } catch (error) {
      if (!isNotFound(error)) throw error;
      throw notFound(idOrName);
    }
  }
  const found = await client.flowRuns.filter({ flow_runs: { name: { any_: [idOrName] } }, limit: 100 });
  const [first, ...more] = found;
  if (first === undefined) throw notFound(idOrName);
  if (more.length === 0) return first;
  const lines = found.map(
    (run) => `  - ${run.id} (${run.state_name ?? "unknown"}, ${run.start_time ?? run.created})`,
  );
  throw new CliError(
    `Multiple flow runs found with name '${idOrName}':\n\n${lines.join("\n")}\n\nPlease retry using an explicit flow run ID.`,
  );
}

function notFound(idOrName: string): CliError {
  return new CliError(
    `Flow run '${idOrName}' not found! prefect-ts flow-run ls shows recent runs and their ids.`,
  );
}
