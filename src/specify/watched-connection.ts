import type { Connection } from "mariadb";

/** The server did not answer a statement; the connection was given up. */
class SpecifyStalledError extends Error {
  override readonly name = "SpecifyStalledError";
  readonly code = "SPECIFY-STALLED";

  constructor(milliseconds: number) {
    super(
      `Specify's database did not answer a statement for ${milliseconds / 1000} s; the connection was given up.`,
    );
  }
}

interface WatchOptions {
  /** How long one statement may take. An idle connection may be silent for as long as it likes. */
  silenceMilliseconds: number;
  signal: AbortSignal;
}

/** When a run is cancelled, the statement under way has this long to end as if nothing had happened. */
const GRACE_MILLISECONDS = 2_000;
/** A timer that comes so late tells that this process was itself held up, and has not listened meanwhile. */
const HELD_UP_MILLISECONDS = 1_000;

/**
 * A connection for long work, every statement of which has a deadline. The driver's own `socketTimeout` would end it while it is idle,
 * too, and without that the driver waits for ever on a server that is mute.
 */
export class WatchedConnection {
  readonly #connection: Connection;
  readonly #options: WatchOptions;

  constructor(connection: Connection, options: WatchOptions) {
    this.#connection = connection;
    this.#options = options;
  }

  /** Its number at the server, as in `SHOW PROCESSLIST`. */
  get threadId(): number | null {
    return this.#connection.threadId;
  }

  /** @throws the driver's errors; SpecifyStalledError at the deadline; the signal's reason. So do all others here. */
  query<T>(sql: string, values?: unknown): Promise<T> {
    return this.#watch(this.#connection.query<T>(sql, values));
  }

  batch<T>(sql: string, values?: unknown): Promise<T> {
    return this.#watch(this.#connection.batch<T>(sql, values));
  }

  commit(): Promise<void> {
    return this.#watch(this.#connection.commit());
  }

  rollback(): Promise<void> {
    return this.#watch(this.#connection.rollback());
  }

  async end(): Promise<void> {
    await this.#watch(this.#connection.end()).catch(() => this.destroy());
  }

  destroy(): void {
    this.#connection.destroy();
  }

  #watch<T>(call: Promise<T>): Promise<T> {
    const { silenceMilliseconds, signal } = this.#options;
    return new Promise<T>((resolve, reject) => {
      let timer: NodeJS.Timeout | undefined;
      const wait = (milliseconds: number, why: () => unknown): void => {
        clearTimeout(timer);
        const due = performance.now() + milliseconds;
        timer = setTimeout(() => {
          if (performance.now() - due > HELD_UP_MILLISECONDS) return wait(milliseconds, why);
          signal.removeEventListener("abort", onAbort);
          reject(why());
          this.destroy();
        }, milliseconds);
      };
      const onAbort = (): void =>
        wait(Math.min(GRACE_MILLISECONDS, silenceMilliseconds), () => signal.reason);
      const settle = (): void => {
        clearTimeout(timer);
        signal.removeEventListener("abort", onAbort);
      };
      call.then(resolve, reject).finally(settle);
      if (signal.aborted) return onAbort();
      wait(silenceMilliseconds, () => new SpecifyStalledError(silenceMilliseconds));
      signal.addEventListener("abort", onAbort, { once: true });
    });
  }
}
