/**
 * Milliseconds without a good answer, from the first request that failed, after which contact counts as broken: more than
 * between two polls, less than makes a server take workers for gone (three of their heartbeats).
 */
const BREAK = 15_000;

/**
 * Since when a server has answered without a break. What others were to tell it meanwhile can be believed only from then
 * on: while it was away, nobody could tell it anything. All times in milliseconds since 1970, by this machine's clock.
 */
export class ServerContact {
  #since: number | undefined;
  #lastAnswer = Number.NEGATIVE_INFINITY;
  #failingSince: number | undefined;

  /** When the present contact began; undefined while there is none. */
  since(now: number): number | undefined {
    return this.#isBroken(now) ? undefined : this.#since;
  }

  /** A request was answered as it should be. */
  answered(at: number): void {
    // A single failure, such as a SQLite server's 503, breaks nothing.
    if (this.#since === undefined || this.#isBroken(at)) this.#since = at;
    this.#failingSince = undefined;
    this.#lastAnswer = at;
  }

  /** A request, sent at a moment, got no answer, or one that says that the server cannot answer now. */
  failed(sent: number): void {
    this.#failingSince ??= Math.max(sent, this.#lastAnswer);
  }

  #isBroken(now: number): boolean {
    return this.#failingSince !== undefined && now - this.#failingSince >= BREAK;
  }
}
