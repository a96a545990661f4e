import { isDeepStrictEqual } from "node:util";
import type { Deployment } from "../prefect/api-types.ts";
import type { PrefectClient } from "../prefect/client/client.ts";

/** Deployments kept: more than a pool has, as a rule. */
const KEPT = 200;
/** What the server changes by itself while the deployment stays what it is: each poll sets `updated` and `last_polled`. */
const changesByItself = ["updated", "last_polled", "status", "schedules"];

/** A request under way, and the one after it where somebody waits for that. */
interface Reading {
  now: Promise<Deployment>;
  next: Promise<Deployment> | undefined;
}

/**
 * Deployments as they were read last. A run is made ready with what was read for the run before it, while the server
 * is asked again: it runs only if the deployment is still the same.
 */
export class KnownDeployments {
  readonly #client: PrefectClient;
  readonly #last = new Map<string, Deployment>();
  readonly #readings = new Map<string, Reading>();

  constructor(client: PrefectClient) {
    this.#client = client;
  }

  /** As it was at the last reading; undefined when there was none. */
  last(id: string): Deployment | undefined {
    return this.#last.get(id);
  }

  /**
   * As it is now. Those who ask while it is being read share the next reading: one that began before they asked may
   * be too old for them.
   * @throws PrefectError
   */
  read(id: string): Promise<Deployment> {
    const reading = this.#readings.get(id);
    if (reading === undefined) return this.#begin(id);
    reading.next ??= reading.now.catch(() => undefined).then(() => this.#begin(id));
    return reading.next;
  }

  #begin(id: string): Promise<Deployment> {
    const reading: Reading = { now: this.#read(id), next: undefined };
    this.#readings.set(id, reading);
    const done = () => {
      if (reading.next === undefined) this.#readings.delete(id);
    };
    reading.now.then(done, done);
    return reading.now;
  }

  async #read(id: string): Promise<Deployment> {
    const deployment = await this.#client.deployments.read(id);
    // Taken out first, so that the longest unread comes first and goes first.
    this.#last.delete(id);
    this.#last.set(id, deployment);
    const [oldest] = this.#last.keys();
    if (this.#last.size > KEPT && oldest !== undefined) this.#last.delete(oldest);
    return deployment;
  }
}

/** Whether a run made ready for one of them may run as one of the other. */
export function isSameDeployment(one: Deployment, other: Deployment): boolean {
  return isDeepStrictEqual(lasting(one), lasting(other));
}

function lasting(deployment: Deployment): Record<string, unknown> {
  return Object.fromEntries(Object.entries(deployment).filter(([name]) => !changesByItself.includes(name)));
}
