import type { PrefectClient } from "../../prefect/client/client.ts";

/**
 * How many runs of the pool (of these queues, where any are named) are due and wait for a worker. Every worker of a
 * pool counts the same ones. NaN while the server does not answer: unknown is not zero.
 */
export async function countWaitingRuns(
  client: PrefectClient,
  pool: string,
  workQueues: readonly string[],
): Promise<number> {
  const filter = {
    flow_runs: {
      state: { type: { any_: ["SCHEDULED"] } },
      next_scheduled_start_time: { before_: new Date(client.serverTime).toISOString() },
    },
    work_pools: { name: { any_: [pool] } },
    ...(workQueues.length > 0 && { work_pool_queues: { name: { any_: [...workQueues] } } }),
  };
  return await client.flowRuns.count(filter, { retryFor: 0 }).catch(() => Number.NaN);
}
