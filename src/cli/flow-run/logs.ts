import type { Log } from "../../prefect/api-types.ts";
import type { PrefectClient } from "../../prefect/client/client.ts";
import { isFinal } from "../../prefect/states.ts";
import { usageError } from "../errors.ts";
import { print, printError, printJson } from "../output.ts";
import type { Session } from "../session.ts";
import { findFlowRun } from "./find.ts";
import { followRun } from "./follow.ts";
import { formatLog } from "./format.ts";

/** How many records --head and --tail show unless -n says otherwise. */
export const DEFAULT_COUNT = 20;
const PAGE = 200;
const FOLLOW_INTERVAL = 0.5;

export interface LogsOptions {
  head?: boolean;
  tail?: boolean;
  numLogs?: number;
  reverse?: boolean;
  follow?: boolean;
  output?: string;
}

/** `prefect-ts flow-run logs`. */
export async function showLogs(session: Session, idOrName: string, options: LogsOptions): Promise<void> {
  if (options.head === true && options.tail === true) {
    throw usageError("Please provide either a `head` or `tail` option but not both.");
  }
  if (
    options.follow === true &&
    (options.head === true || options.reverse === true || options.output === "json")
  ) {
    throw usageError(
      "--follow shows records as they come: it goes with --tail, not with --head, --reverse or -o json.",
    );
  }
  await session.withClient(async (client) => {
    const run = await findFlowRun(client, idOrName);
    const logs = await readLogs(client, run.id, options);
    if (options.output === "json") return printJson(logs);
    for (const log of logs) print(formatLog(log, run.name ?? run.id));
    if (options.follow === true && !isFinal(run.state_type)) {
      await follow(client, run.id, run.name ?? run.id, logs);
    } else if (logs.length === 0) {
      printError(`Flow run '${run.name}' has no logs; its state is ${run.state_name}.`);
    }
  }, options.follow === true);
}

async function readLogs(client: PrefectClient, id: string, options: LogsOptions): Promise<Log[]> {
  const limited = options.head === true || options.tail === true || options.numLogs !== undefined;
  const wanted = limited ? (options.numLogs ?? DEFAULT_COUNT) : Number.POSITIVE_INFINITY;
  const newestFirst = options.tail === true || options.reverse === true;
  const logs: Log[] = [];
  while (logs.length < wanted) {
    const limit = Math.min(PAGE, wanted - logs.length);
    const sort = newestFirst ? "TIMESTAMP_DESC" : "TIMESTAMP_ASC";
    const page = await client.flowRuns.logs(id, { limit, offset: logs.length, sort });
    logs.push(...page);
    if (page.length < limit) break;
  }
  return newestFirst && options.reverse !== true ? logs.reverse() : logs;
}

async function follow(client: PrefectClient, id: string, name: string, shown: Log[]): Promise<void> {
  const last = shown.at(-1)?.timestamp ?? "";
  const seen = new Set(shown.map((log) => log.id ?? ""));
  for await (const item of followRun(client, id, { interval: FOLLOW_INTERVAL, seen })) {
    // With --tail the older ones are not wanted.
    if ("log" in item && Date.parse(item.at) >= (last === "" ? 0 : Date.parse(last)))
      print(formatLog(item.log, name));
  }
}
