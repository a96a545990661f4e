import { connectOracle } from "./connect.ts";
import type { OracleSession } from "./session.ts";
import type { OracleSettings } from "./settings.ts";

interface PoolOptions {
  /** The settings have let somebody in before, so that a first connection that fails is no fault of theirs. */
  wasReached?: boolean;
  /** The most sessions that are open at once. */
  size?: number;
  /** Aborting it ends every session, and whatever waits for one. */
  signal?: AbortSignal | undefined;
  log?: ((message: string) => void) | undefined;
}

/** A session for one piece of work; disposing of the lease gives it back. */
interface Lease extends AsyncDisposable {
  readonly session: OracleSession;
}

const DEFAULT_SIZE = 4;
/** Firewalls drop idle connections without a word: one that was idle for longer is tried before it is used. */
const IDLE_MILLISECONDS = 30_000;

/**
 * A few open sessions of one Oracle environment, made when they are first needed. Broken ones are thrown away.
 *
 * Not the driver's own pool: its `getConnection` waits for ever on a mute server, opens connections in the background, and
 * does not say which sockets belong to which connection, so that the watchdog could not cut one that hangs.
 */
export class OraclePool implements AsyncDisposable {
  readonly settings: OracleSettings;
  readonly signal: AbortSignal | undefined;
  readonly log: (message: string) => void;
  readonly #size: number;
  readonly #idle: { session: OracleSession; since: number }[] = [];
  readonly #waiting: (() => void)[] = [];
  #taken = 0;
  #closed = false;
  #wasReached: boolean;

  constructor(
    settings: OracleSettings,
    { size = DEFAULT_SIZE, wasReached = false, signal, log }: PoolOptions = {},
  ) {
    this.settings = settings;
    this.#wasReached = wasReached;
    this.signal = signal;
    this.log = log ?? (() => undefined);
    this.#size = size;
  }

  /** Whether the settings have ever led to a session: then what fails is not their fault, and may pass. */
  get wasReached(): boolean {
    return this.#wasReached;
  }

  /**
   * Lends a session, an open one or a new one; waits while all are lent.
   * @throws what `connectOracle` throws; Error when the pool is closed
   */
  async lease(): Promise<Lease> {
    while (this.#taken >= this.#size && !this.#closed) {
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
    if (this.#closed) throw new Error("The pool of Oracle sessions is closed: nothing can be read any more.");
    this.#taken += 1;
    try {
      const session = await this.#usable();
      return { session, [Symbol.asyncDispose]: () => this.#giveBack(session) };
    } catch (error) {
      this.#free();
      throw error;
    }
  }

  /** Ends the sessions that are idle now, and each lent one when it comes back. */
  async close(): Promise<void> {
    this.#closed = true;
    for (const wake of this.#waiting.splice(0)) wake();
    await Promise.all(this.#idle.splice(0).map(({ session }) => session.close()));
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #usable(): Promise<OracleSession> {
    for (let one = this.#idle.pop(); one; one = this.#idle.pop()) {
      const { session, since } = one;
      if (performance.now() - since > IDLE_MILLISECONDS) await session.ping().catch(() => session.close());
      if (session.isUsable) return session;
      await session.close();
    }
    const opened = await connectOracle(this.settings, { signal: this.signal, log: this.log });
    this.#wasReached = true;
    return opened;
  }

  async #giveBack(session: OracleSession): Promise<void> {
    if (session.isUsable && !this.#closed) this.#idle.push({ session, since: performance.now() });
    else await session.close();
    this.#free();
  }

  #free(): void {
    this.#taken -= 1;
    this.#waiting.shift()?.();
  }
}
