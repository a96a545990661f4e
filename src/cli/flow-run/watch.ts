import type { FlowRun } from "../../prefect/api-types.ts";
import type { PrefectClient } from "../../prefect/client/client.ts";
import { CliError } from "../errors.ts";
import { onStdout, print } from "../output.ts";
import { followRun } from "./follow.ts";
import { formatWatchedLog, formatWatchedState } from "./format.ts";

/**
 * Shows states and logs of a run until it has ended. `interval` and `timeout` in seconds.
 * @throws CliError when it ended other than Completed, or not in time
 */
export async function watchToEnd(
  client: PrefectClient,
  id: string,
  options: { interval: number; timeout: number | undefined },
): Promise<void> {
  const { name } = await client.flowRuns.read(id);
  const signal = options.timeout === undefined ? undefined : AbortSignal.timeout(options.timeout * 1000);
  let ended: FlowRun;
  try {
    ended = await show(client, id, name ?? id, {
      interval: options.interval,
      ...(signal === undefined ? {} : { signal }),
    });
  } catch (error) {
    if (signal?.aborted !== true) throw error;
    throw new CliError(
      `Flow run with ID ${id} exceeded watch timeout of ${options.timeout} seconds. It goes on; to see the rest: ` +
        `prefect-ts flow-run logs ${id} --follow`,
    );
  }
  const last = ended.state_name ?? ended.state_type ?? "unknown";
  if (ended.state_type !== "COMPLETED") throw new CliError(`Flow run finished in state '${last}'.`);
  print(onStdout.green(`Flow run finished successfully in '${last}'.`));
}

async function show(
  client: PrefectClient,
  id: string,
  name: string,
  options: { interval: number; signal?: AbortSignal },
): Promise<FlowRun> {
  const items = followRun(client, id, options);
  for (;;) {
    const next = await items.next();
    if (next.done === true) return next.value;
    print(
      "log" in next.value ? formatWatchedLog(next.value.log) : formatWatchedState(next.value.state, id, name),
    );
  }
}
