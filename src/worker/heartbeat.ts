import { setTimeout as sleep } from "node:timers/promises";
import type { Logger } from "pino";
import type { PrefectClient } from "../prefect/client/client.ts";
import { errorText } from "../prefect/errors.ts";

/** Tells the server every `seconds` that the worker is there, until `signal` fires. A lost beat is only logged. */
export async function beat(
  client: PrefectClient,
  worker: { pool: string; name: string; seconds: number; logger: Logger },
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    try {
      await client.workPools.heartbeat(worker.pool, worker.name, worker.seconds);
    } catch (error) {
      worker.logger.warn(`Heartbeat failed: ${errorText(error)}`);
    }
    await sleep(worker.seconds * 1000, undefined, { signal }).catch(() => undefined);
  }
}
