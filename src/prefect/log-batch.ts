import type { LogCreate } from "./api-types.ts";
import type { PrefectClient } from "./client/client.ts";
import { PrefectError } from "./errors.ts";

/** Bytes of one batch: the server takes less than 4 MB. */
export const BATCH_BYTES = 3_000_000;
/** Records of one batch, so that a server on SQLite is not busy with it for seconds. */
export const BATCH_RECORDS = 2_000;
/** Refusals of parts of one batch after which the rest of it is given up: then it is not about a few records. */
const REFUSALS = 100;

/** What became of a batch. */
export interface BatchOutcome {
  /** Records that the server has not got, and will not get. */
  lost: number;
  /** Why; the first reason where there are several. */
  error?: unknown;
}

/**
 * Sends records. The server refuses a batch as a whole for one bad record, so a refused one is sent in halves until only
 * the bad records are left out. Never rejects.
 */
export async function sendBatch(
  client: Pick<PrefectClient, "sendLogs">,
  records: LogCreate[],
): Promise<BatchOutcome> {
  let refusals = 0;
  const send = async (part: LogCreate[]): Promise<BatchOutcome> => {
    try {
      await client.sendLogs(part);
      return { lost: 0 };
    } catch (error) {
      refusals += 1;
      if (!isRefusal(error) || part.length === 1 || refusals > REFUSALS) return { lost: part.length, error };
    }
    const middle = part.length >> 1;
    const first = await send(part.slice(0, middle));
    // A server that is away has been waited for once.
    if (first.error !== undefined && !isRefusal(first.error))
      return { lost: first.lost + part.length - middle, error: first.error };
    const second = await send(part.slice(middle));
    return { lost: first.lost + second.lost, error: first.error ?? second.error };
  };
  return send(records);
}

/** Whether an error is about what was sent, not about the way there: no other time will be better. */
export function isRefusal(error: unknown): boolean {
  return error instanceof PrefectError && [400, 413, 422].includes(error.status ?? 0);
}
