/** Milliseconds within which two clocks count as equal: the `Date` of an answer tells whole seconds only. */
const TOLERANCE = 2_000;

/**
 * What the server's clock shows. Machines that nobody keeps in time are off by minutes; what is due is due by the
 * server's clock, and a worker that went by its own would start runs as much too late.
 */
export class ServerClock {
  #ahead = 0;

  /**
   * Learns from an answer. All times in milliseconds since 1970, by this machine's clock.
   * @param date the answer's `Date` header
   */
  answered(date: string | string[] | undefined, sent: number, received: number): void {
    const shown = typeof date === "string" ? Date.parse(date) : Number.NaN;
    if (Number.isNaN(shown)) return;
    // It was made at some time of the request, and its second had begun.
    const ahead = shown + 500 - (sent + received) / 2;
    this.#ahead = Math.abs(ahead) <= TOLERANCE + (received - sent) / 2 ? 0 : Math.round(ahead);
  }

  /** The server's time in milliseconds since 1970. */
  now(): number {
    return Date.now() + this.#ahead;
  }
}
