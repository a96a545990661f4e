import type { JsonObject } from "../../prefect/api-types.ts";
import { flowsById } from "../deployment/find.ts";
import { usageError } from "../errors.ts";
import { onStdout, print, printError, printJson } from "../output.ts";
import type { Session } from "../session.ts";
import { printTable } from "../table.ts";
import { humanDifference } from "../time.ts";
import { colourOfState } from "./format.ts";

const stateTypes = [
  "SCHEDULED",
  "PENDING",
  "RUNNING",
  "COMPLETED",
  "FAILED",
  "CANCELLED",
  "CRASHED",
  "PAUSED",
  "CANCELLING",
];
const stateNames = [
  ["Scheduled", "Pending", "Running", "Completed", "Failed", "Cancelled", "Crashed", "Paused", "Cancelling"],
  ["Suspended", "AwaitingRetry", "Retrying", "Late", "AwaitingConcurrencySlot", "Resuming", "Submitting"],
].flat();

export interface ListOptions {
  flowName: string[];
  limit: number;
  state: string[];
  stateType: string[];
  output?: string;
}

/** `prefect-ts flow-run ls`. */
export async function listFlowRuns(session: Session, options: ListOptions): Promise<void> {
  const state = stateFilter(options);
  await session.withClient(async (client) => {
    const runs = await client.flowRuns.filter({
      ...(options.flowName.length === 0 ? {} : { flows: { name: { any_: options.flowName } } }),
      ...(Object.keys(state).length === 0 ? {} : { flow_runs: { state } }),
      limit: options.limit,
      sort: "EXPECTED_START_TIME_DESC",
    });
    if (options.output === "json") return printJson(runs);
    if (runs.length === 0) return print(onStdout.green("No flow runs found."));
    const flows = await flowsById(
      client,
      runs.map((run) => run.flow_id),
    );
    runs.sort((one, other) => (other.created ?? "").localeCompare(one.created ?? ""));
    const rows = runs.map((run) => [
      onStdout.cyan(run.id),
      onStdout.blue(flows.get(run.flow_id)?.name ?? "?"),
      onStdout.green(run.name ?? ""),
      colourOfState(run.state_type)(run.state_type ?? ""),
      onStdout.bold(
        humanDifference(run.state_type === "SCHEDULED" ? run.expected_start_time : run.state?.timestamp),
      ),
    ]);
    printTable("Flow Runs", ["ID", "Flow", "Name", "State", "When"], rows);
  });
}

function stateFilter(options: ListOptions): JsonObject {
  const names = options.state.map((wanted) => {
    const known = stateNames.find((name) => name.toLowerCase() === wanted.toLowerCase());
    if (known === undefined)
      printError(`State name '${wanted}' is not one of the official Prefect state names.`);
    return known ?? wanted;
  });
  const types = options.stateType.map((type) => type.toUpperCase());
  if (types.some((type) => !stateTypes.includes(type))) {
    throw usageError(`Invalid state type. Options are ${stateTypes.join(", ")}.`);
  }
  return {
    ...(names.length === 0 ? {} : { name: { any_: names } }),
    ...(types.length === 0 ? {} : { type: { any_: types } }),
  };
}
