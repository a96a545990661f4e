import { PrefectError } from "./errors.ts";

/** Refusals of parts of one batch after which the rest of it is given up: then it is not about a few records. */
const REFUSALS = 100;

/** What became of a batch. */
export interface BatchOutcome {
  /** Records that the server has not taken. */
  lost: number;
  /** Why: what stood in the way to the server (`isRefusal` tells), else the first refusal. */
  error?: unknown;
}

/**
 * Sends records. The server refuses a batch as a whole for one bad record, so a refused one is sent in halves until only
 * the bad records are left out. Never rejects.
 */
export async function sendInHalves<T>(
  send: (part: T[]) => Promise<void>,
  records: T[],
): Promise<BatchOutcome> {
  let refusals = 0;
  const sendPart = async (part: T[]): Promise<BatchOutcome> => {
    try {
      await send(part);
      return { lost: 0 };
    } catch (error) {
      refusals += 1;
      if (!isRefusal(error) || part.length === 1 || refusals > REFUSALS) return { lost: part.length, error };
    }
    const middle = part.length >> 1;
    const first = await sendPart(part.slice(0, middle));
    // A server that is away has been waited for once.
    if (first.lost > 0 && !isRefusal(first.error))
      return { lost: first.lost + part.length - middle, error: first.error };
    const second = await sendPart(part.slice(middle));
    const wayIsBarred = second.lost > 0 && !isRefusal(second.error);
    return {
      lost: first.lost + second.lost,
      error: wayIsBarred ? second.error : (first.error ?? second.error),
    };
  };
  return sendPart(records);
}

/** Whether an error is about what was sent, not about the way there: no other time will be better. */
export function isRefusal(error: unknown): boolean {
  return error instanceof PrefectError && [400, 413, 422].includes(error.status ?? 0);
}
