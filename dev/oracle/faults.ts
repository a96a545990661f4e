/** Troubles that the server makes on demand. All are off unless set; they count for every session. */
export interface FaultSettings {
  /** Refuse each connection with this ORA code, for example 12514, 12505 or 12528. */
  refuse?: number;
  /** Close each new connection at once, without a word. */
  closeAtConnect?: boolean;
  /** Demand native network encryption: the thin driver reports NJS-533 with ORA-12660. */
  demandEncryption?: boolean;
  /** Offer only the password verifier of Oracle 10, which thin mode lacks: NJS-116. */
  oldVerifier?: boolean;
  /** `listener`: take connections and never answer. `session`: answer nothing after ACCEPT, not even a break. */
  mute?: "listener" | "session";
  /** Cut the socket after this many rows of a result; 0 is before the first row. */
  cutAfterRows?: number;
  /** Fail with this ORA code after so many rows of a result. */
  failFetch?: { code: number; afterRows: number };
  /** Wait before each answer, or, with `afterRows`, once in each result when that many rows are sent. */
  stall?: { ms: number; afterRows?: number };
  /** Send rows no faster than this. */
  rowsPerSecond?: number;
  /** How often the set strikes (refusals, closings, cuts, failures); it is cleared afterwards. */
  times?: number;
}

/** The switches of a running server. */
export class Faults {
  #settings: FaultSettings = {};
  #struck = 0;

  get current(): Readonly<FaultSettings> {
    return this.#settings;
  }

  /** Replaces all settings. Throws a RangeError for numbers that mean nothing. */
  set(settings: FaultSettings): void {
    const { refuse, failFetch, cutAfterRows, stall, rowsPerSecond, times } = settings;
    for (const [name, value, least] of [
      ["refuse", refuse, 1],
      ["failFetch.code", failFetch?.code, 1],
      ["failFetch.afterRows", failFetch?.afterRows, 0],
      ["cutAfterRows", cutAfterRows, 0],
      ["stall.ms", stall?.ms, 0],
      ["stall.afterRows", stall?.afterRows, 0],
      ["rowsPerSecond", rowsPerSecond, 1],
      ["times", times, 1],
    ] as const) {
      if (value !== undefined && !(value >= least)) {
        throw new RangeError(`The fault ${name} is ${value}: give a number from ${least}.`);
      }
    }
    this.#settings = { ...settings };
    this.#struck = 0;
  }

  clear(): void {
    this.set({});
  }

  /** Counts one fault that happened. */
  struck(): void {
    this.#struck++;
    if (this.#settings.times !== undefined && this.#struck >= this.#settings.times) this.clear();
  }
}
