const NEWLINE = 10;
/** Bytes of a line that are kept until its end comes: more than the longest log record of a run. */
const LONGEST = 1_000_000;

/**
 * Makes whole lines of what one process prints, so that no other's come in between: a collector reads JSON line by line,
 * and a pipe gives what fits. A line that is too long is passed on in parts.
 */
export class LineBuffer {
  #parts: Buffer[] = [];
  #bytes = 0;

  /** Takes what came; gives what is whole now. */
  add(chunk: Buffer): Buffer {
    const end = chunk.lastIndexOf(NEWLINE) + 1;
    const rest = chunk.subarray(end);
    if (end === 0 && this.#bytes + rest.length <= LONGEST) {
      this.#keep(rest);
      return Buffer.alloc(0);
    }
    const whole = Buffer.concat([...this.#parts, end === 0 ? rest : chunk.subarray(0, end)]);
    this.#parts = [];
    this.#bytes = 0;
    if (end > 0) this.#keep(rest);
    return whole;
  }

  /** Gives the line that was not ended, with an end. */
  end(): Buffer {
    const last = Buffer.concat([...this.#parts, Buffer.from("\n")]);
    const { length } = last;
    this.#parts = [];
    this.#bytes = 0;
    return length > 1 ? last : Buffer.alloc(0);
  }

  #keep(part: Buffer): void {
    if (part.length === 0) return;
    this.#parts.push(part);
    this.#bytes += part.length;
  }
}
