import type { LogCreate } from "../prefect/api-types.ts";
import type { PrefectClient } from "../prefect/client/client.ts";
import { errorText } from "../prefect/errors.ts";
import { BATCH_BYTES, BATCH_RECORDS } from "../prefect/log-shipper.ts";
import { spoolPath, takeSpooled } from "../prefect/log-spool.ts";
import { PATIENCE } from "../prefect/retry-delay.ts";
import { isRefusal, sendInHalves } from "../prefect/send-in-halves.ts";

/**
 * Sends what a run had logged when its process was killed, or its memory was full, before the process could. A batch that
 * was on its way just then may come twice.
 * @throws Error that says how many records the server has not got, and why; where it is away, the rest is given up
 */
export async function sendLeftLogs(
  client: Pick<PrefectClient, "sendLogs">,
  runDirectory: string,
): Promise<void> {
  let [refused, why] = [0, ""];
  for await (const lines of takeSpooled(spoolPath(runDirectory))) {
    for (const batch of batches(lines)) {
      const { lost, error } = await sendInHalves(
        (part) => client.sendLogs(part, { retryFor: PATIENCE }),
        batch,
      );
      if (lost > 0 && !isRefusal(error)) throw error;
      refused += lost;
      why ||= lost > 0 ? errorText(error) : "";
    }
  }
  if (refused > 0) throw new Error(`${refused} records were refused: ${why}`);
}

function* batches(lines: string[]): Generator<LogCreate[]> {
  let batch: LogCreate[] = [];
  let bytes = 0;
  for (const line of lines) {
    const length = Buffer.byteLength(line);
    if (batch.length > 0 && (batch.length >= BATCH_RECORDS || bytes + length > BATCH_BYTES)) {
      yield batch;
      batch = [];
      bytes = 0;
    }
    batch.push(JSON.parse(line) as LogCreate);
    bytes += length;
  }
  if (batch.length > 0) yield batch;
}
