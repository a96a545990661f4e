import { errorText } from "../../prefect/errors.ts";
import { currentSignal } from "../context.ts";
import { holdLease } from "../engine/keep-alive.ts";
import { logger } from "../logger.ts";
import { openServerIfAny } from "../server.ts";
import { type AcquireOptions, checkedNames, emitSlots, requireLimits, untilGiven } from "./acquire.ts";

/** What the server takes: a minute to a day. */
const SHORTEST_LEASE = 60;
const LONGEST_LEASE = 86_400;
/** The share of a lease after which it is renewed. */
const RENEW_SHARE = 0.75;

export interface ConcurrencyOptions extends AcquireOptions {
  /**
   * Seconds after which the server gives the slots to others when this process is gone; while it lives, the lease is
   * renewed. 60 to 86,400, default 300. With `strict`, a lease that cannot be renewed ends the work.
   */
  leaseDuration?: number;
}

/** Slots that are held. `await using` gives them back at the end of the block. */
export interface ConcurrencySlots extends AsyncDisposable {
  /** Fires when the run is cancelled or timed out, and when the slots are lost under `strict`. */
  readonly signal: AbortSignal;
  /** Gives the slots back; a second time does nothing. */
  release(): Promise<void>;
}

/**
 * Waits for slots of global concurrency limits and holds them (`concurrency` in `src/prefect/concurrency/asyncio.py`).
 * They are held to the end of the block, or while the function runs. Without a server (a flow called as a plain
 * function, `PREFECT_API_URL` not set) nothing is waited for.
 *
 * ```ts
 * await using slots = await concurrency("oracle", { occupy: 1 });
 * await readRecords();
 *
 * const rows = await concurrency(["oracle", "specify"], { timeoutSeconds: 600 }, ({ signal }) => copyRecords(signal));
 * ```
 * @throws AcquireConcurrencySlotTimeoutError, ConcurrencySlotAcquisitionError
 */
export function concurrency(
  names: string | string[],
  options?: ConcurrencyOptions,
): Promise<ConcurrencySlots>;
export function concurrency<T>(
  names: string | string[],
  options: ConcurrencyOptions,
  body: (slots: ConcurrencySlots) => T | Promise<T>,
): Promise<T>;
export function concurrency<T>(
  names: string | string[],
  options: ConcurrencyOptions = {},
  body?: (slots: ConcurrencySlots) => T | Promise<T>,
): Promise<ConcurrencySlots | T> {
  if (typeof options === "function")
    throw new TypeError(
      'The function is the third argument: concurrency("db", { occupy: 1 }, async () => …).',
    );
  const held = hold(names, options);
  return body === undefined ? held : runWith(held, body);
}

async function runWith<T>(
  held: Promise<ConcurrencySlots>,
  body: (slots: ConcurrencySlots) => T | Promise<T>,
) {
  await using slots = await held;
  const result = await body(slots);
  // Who did not look at the signal worked on without a slot: under `strict` that is no success.
  slots.signal.throwIfAborted();
  return result;
}

async function hold(names: string | string[], options: ConcurrencyOptions): Promise<ConcurrencySlots> {
  const { occupy = 1, timeoutSeconds, strict = false, leaseDuration = 300 } = options;
  const wanted = checkedNames(names, occupy);
  if (!(leaseDuration >= SHORTEST_LEASE && leaseDuration <= LONGEST_LEASE))
    throw new TypeError(
      `leaseDuration is ${leaseDuration}: give ${SHORTEST_LEASE} to ${LONGEST_LEASE} seconds.`,
    );
  const lost = new AbortController();
  const outer = currentSignal();
  const signal = outer === undefined ? lost.signal : AbortSignal.any([outer, lost.signal]);
  await using opening = new AsyncDisposableStack();
  const server = openServerIfAny();
  if (server === undefined) return slots(signal, async () => undefined);
  opening.use(server);
  const { client, run } = server;
  const { lease_id, limits } = await untilGiven(wanted, timeoutSeconds, () =>
    client.concurrencyLimits.lease(wanted, occupy, leaseDuration),
  );
  opening.defer(() => client.concurrencyLimits.release(lease_id));
  requireLimits(wanted, limits, strict);
  if (limits.length > 0) {
    emitSlots(run, "acquired", limits, occupy);
    opening.defer(() => emitSlots(run, "released", limits, occupy));
    const onLost = (error: Error) => {
      logger.warn(`${error.message} Others may have the slots of "${wanted.join('", "')}" now.`);
      if (strict) lost.abort(error);
    };
    opening.use(holdLease(client, lease_id, onLost, leaseDuration * RENEW_SHARE, leaseDuration));
  }
  const held = opening.move();
  const release = async () => {
    run?.atEnd.delete(release);
    try {
      await held.disposeAsync();
    } catch (error) {
      // The work is done, and the server takes the slots back by itself when the lease is over.
      logger.warn(`Slots of "${wanted.join('", "')}" could not be given back: ${errorText(error)}`);
    }
  };
  run?.atEnd.add(release);
  return slots(signal, release);
}

function slots(signal: AbortSignal, release: () => Promise<void>): ConcurrencySlots {
  return { signal, release, [Symbol.asyncDispose]: release };
}
