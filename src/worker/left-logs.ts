import type { LogCreate } from "../prefect/api-types.ts";
import type { PrefectClient } from "../prefect/client/client.ts";
import { spoolPath, takeSpooled } from "../prefect/log-spool.ts";

/** Records of one request. */
const BATCH = 2_000;

/**
 * Sends what a run had logged when its process was killed, or its memory was full, before the process could. A batch that
 * was on its way just then may come twice.
 */
export async function sendLeftLogs(
  client: Pick<PrefectClient, "sendLogs">,
  runDirectory: string,
): Promise<void> {
  const lines = await takeSpooled(spoolPath(runDirectory));
  for (let start = 0; start < lines.length; start += BATCH) {
    const batch = lines.slice(start, start + BATCH).map((line) => JSON.parse(line) as LogCreate);
    await client.sendLogs(batch);
  }
}
