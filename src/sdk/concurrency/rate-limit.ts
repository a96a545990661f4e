import { openServerIfAny } from "../server.ts";
import { type AcquireOptions, checkedNames, emitSlots, requireLimits, untilGiven } from "./acquire.ts";

/**
 * Waits until a rate limit lets one more through (`rate_limit` in `src/prefect/concurrency/asyncio.py`). The limits
 * must have a slot decay: `prefect gcl create geocoder --limit 5 --slot-decay-per-second 1`. Without a server nothing
 * is waited for.
 *
 * ```ts
 * for (const locality of localities) {
 *   await rateLimit("geocoder");
 *   await geocode(locality);
 * }
 * ```
 * @throws AcquireConcurrencySlotTimeoutError, ConcurrencySlotAcquisitionError
 */
export async function rateLimit(names: string | string[], options: AcquireOptions = {}): Promise<void> {
  const { occupy = 1, timeoutSeconds, strict = false } = options;
  const wanted = checkedNames(names, occupy);
  await using server = openServerIfAny();
  if (server === undefined) return;
  const limits = await untilGiven(wanted, timeoutSeconds, () =>
    server.client.concurrencyLimits.take(wanted, occupy),
  );
  requireLimits(wanted, limits, strict);
  emitSlots(server.run, "acquired", limits, occupy);
}
