import type { PrefectClient } from "../../prefect/client/client.ts";
import { untilGiven } from "../concurrency/acquire.ts";
import type { RunServer } from "../recorder/run-server.ts";
import { holdLease } from "./keep-alive.ts";

/** Seconds of a lease, after which it is renewed, and for which tags without a limit are not asked about again. */
const LEASE = 60;
const RENEW_AFTER = 45;
const UNLIMITED_FOR = 5;

/** What is known of the limits of some tags. */
interface Turn {
  /** Resolves when the call before has its answer: many at once must not all ask. */
  asked: Promise<unknown>;
  /** `performance.now()` until which there are no limits. */
  unlimitedUntil: number;
}

const turns = new WeakMap<PrefectClient, Map<string, Turn>>();

/**
 * Waits for a slot of the concurrency limits of a task run's tags, which the server keeps as `tag:NAME`
 * (`_concurrency` in `src/prefect/task_engine.py`). Gives undefined where no tag has a limit.
 */
export async function takeTagSlots(
  { client, atEnd }: RunServer,
  tags: string[],
  taskRunId: string,
): Promise<AsyncDisposable | undefined> {
  const names = tags.map((tag) => `tag:${tag}`).toSorted();
  const turn = turnOf(client, names.join("\n"));
  const asked = turn.asked.then(() => {
    if (turn.unlimitedUntil > performance.now()) return undefined;
    const holder = { type: "task_run", id: taskRunId } as const;
    return untilGiven(names, undefined, () => client.concurrencyLimits.lease(names, 1, LEASE, holder));
  });
  turn.asked = asked.catch(() => undefined);
  const given = await asked;
  if (given === undefined) return undefined;
  if (given.limits.length === 0) {
    turn.unlimitedUntil = performance.now() + UNLIMITED_FOR * 1000;
    return undefined;
  }
  // A lease that is lost lets others in; the task goes on, as in Python.
  const lease = holdLease(client, given.lease_id, () => undefined, RENEW_AFTER, LEASE);
  const release = async () => {
    atEnd.delete(release);
    lease[Symbol.dispose]();
    // Not given back, it is over in a minute.
    await client.concurrencyLimits.release(given.lease_id).catch(() => undefined);
  };
  atEnd.add(release);
  return { [Symbol.asyncDispose]: release };
}

function turnOf(client: PrefectClient, key: string): Turn {
  const ofClient = turns.get(client) ?? new Map<string, Turn>();
  turns.set(client, ofClient);
  const turn = ofClient.get(key) ?? { asked: Promise.resolve(), unlimitedUntil: 0 };
  ofClient.set(key, turn);
  return turn;
}
