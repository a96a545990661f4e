import { setTimeout as sleep } from "node:timers/promises";
import type { GlobalLimit } from "../../prefect/client/concurrency-limits.ts";
import { PrefectError } from "../../prefect/errors.ts";
import { currentSignal } from "../context.ts";
import { runEvent } from "../events/run-event.ts";
import { logger } from "../logger.ts";
import type { RunServer } from "../recorder/run-server.ts";
import { AcquireConcurrencySlotTimeoutError, ConcurrencySlotAcquisitionError } from "./errors.ts";

/** Status of the server's answer when no slot is free. */
const LOCKED = 423;

export interface AcquireOptions {
  /** Slots of each limit. Default 1. */
  occupy?: number;
  /** Seconds to wait for them. Default: as long as it takes. */
  timeoutSeconds?: number;
  /** Throw when a limit does not exist. Default false: the run's log says so, and the code runs without. */
  strict?: boolean;
}

/**
 * Asks until slots are given, at the times that the server says (`ConcurrencySlotAcquisitionService` in
 * `src/prefect/concurrency/services.py`). A cancelled run asks no more.
 */
export async function untilGiven<T>(
  names: string[],
  timeoutSeconds: number | undefined,
  ask: () => Promise<T>,
): Promise<T> {
  const signal = currentSignal();
  const deadline =
    timeoutSeconds === undefined ? Number.POSITIVE_INFINITY : Date.now() + timeoutSeconds * 1000;
  for (;;) {
    signal?.throwIfAborted();
    let wait: number;
    try {
      return await ask();
    } catch (error) {
      if (!(error instanceof PrefectError) || error.status !== LOCKED) throw refused(names, error);
      wait = Math.max(error.retryAfter, 50);
    }
    const left = deadline - Date.now();
    if (left <= 0)
      throw new AcquireConcurrencySlotTimeoutError(
        `No slot of ${shown(names)} was free within ${timeoutSeconds} seconds.`,
      );
    await sleep(Math.min(wait, left), undefined, signal && { signal }).catch((error: unknown) => {
      throw signal?.aborted ? signal.reason : error;
    });
  }
}

function refused(names: string[], cause: unknown): unknown {
  if (!(cause instanceof PrefectError) || cause.retryable) return cause;
  return new ConcurrencySlotAcquisitionError(`Slots of ${shown(names)} were refused: ${cause.message}`, {
    cause,
  });
}

/** @throws ConcurrencySlotAcquisitionError when none of the limits exists and `strict` asks for them */
export function requireLimits(names: string[], limits: GlobalLimit[], strict: boolean): void {
  const missing = names.filter((name) => !limits.some((limit) => limit.name === name));
  if (missing.length === 0) return;
  if (strict) {
    throw new ConcurrencySlotAcquisitionError(
      `There is no global concurrency limit ${shown(missing)}. Make it in the UI under Concurrency, or by: ` +
        `prefect gcl create ${missing[0]} --limit 1`,
    );
  }
  logger.warn(`There is no global concurrency limit ${shown(missing)}: going on without.`);
}

/** `prefect.concurrency-limit.acquired` and `.released`, one for each limit (`src/prefect/concurrency/_events.py`). */
export function emitSlots(
  run: RunServer | undefined,
  phase: "acquired" | "released",
  limits: GlobalLimit[],
  occupy: number,
): void {
  for (const limit of limits) {
    const others = limits.filter((other) => other !== limit);
    run?.emit(
      runEvent(run, {
        event: `prefect.concurrency-limit.${phase}`,
        resource: {
          "prefect.resource.id": `prefect.concurrency-limit.${limit.id}`,
          "prefect.resource.name": limit.name,
          "slots-acquired": String(occupy),
          limit: String(limit.limit),
        },
        related: others.map((other) => ({
          "prefect.resource.id": `prefect.concurrency-limit.${other.id}`,
          "prefect.resource.role": "concurrency-limit",
        })),
      }),
    );
  }
}

/** One name or several as a list. @throws TypeError for none, and for a number of slots that makes no sense */
export function checkedNames(names: string | string[], occupy: number): string[] {
  const list = typeof names === "string" ? [names] : names;
  if (list.length === 0 || list.some((name) => name.trim() === ""))
    throw new TypeError("A concurrency limit needs a name, as it is shown in the UI under Concurrency.");
  if (!Number.isInteger(occupy) || occupy < 1)
    throw new TypeError(`occupy is ${occupy}: give the number of slots, 1 or more.`);
  return [...new Set(list)].sort();
}

function shown(names: string[]): string {
  return names.map((name) => `"${name}"`).join(", ");
}
