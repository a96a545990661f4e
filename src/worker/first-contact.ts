import type { Logger } from "pino";
import { errorText, PrefectError } from "../prefect/errors.ts";

/**
 * Does what a worker does first with its server, again and again while that is away: a worker may well be started before
 * its server. The client's own tries, a minute of them, are the pause in between.
 * @returns undefined when `signal` fires before the server answers
 * @throws what `ask` throws for an answer of the server
 */
export async function whenServerAnswers<T>(
  ask: () => Promise<T>,
  logger: Logger,
  signal: AbortSignal,
): Promise<T | undefined> {
  const stopped = new Promise<undefined>((resolve) => {
    if (signal.aborted) resolve(undefined);
    signal.addEventListener("abort", () => resolve(undefined), { once: true });
  });
  for (;;) {
    try {
      return await Promise.race([ask(), stopped]);
    } catch (error) {
      if (!(error instanceof PrefectError && error.retryable)) throw error;
      logger.warn(`Still waiting for the Prefect server: ${errorText(error)}`);
    }
  }
}
