/** A line of a block: as it stands on a terminal, and as it is told elsewhere (only when it has changed). */
export interface LiveLine {
  readonly shown: string;
  /** Without what changes all the time, like a running clock. Left out: never told elsewhere. */
  readonly told?: string;
}

const UP = (lines: number) => `\u001b[${lines}A`;
const CLEAR_BELOW = "\u001b[J";

/**
 * Lines that change: rewritten in place on a terminal; in a file or a pipe each change is a line of its own.
 */
export class LiveBlock {
  readonly #out: NodeJS.WriteStream;
  #height = 0;
  #told: (string | undefined)[] = [];

  constructor(out: NodeJS.WriteStream = process.stdout) {
    this.#out = out;
  }

  /** Shows these lines in place of those before. */
  update(lines: readonly LiveLine[]): void {
    if (this.#out.isTTY) this.#rewrite(lines.map((line) => line.shown));
    else this.#tellChanges(lines);
  }

  #rewrite(lines: readonly string[]): void {
    const up = this.#height > 0 ? UP(this.#height) : "";
    const width = this.#out.columns ?? 80;
    // A line that wraps would break the count of lines to go up.
    const text = lines.map((line) => `${cut(line, width - 1)}\n`).join("");
    this.#out.write(`${up}\r${CLEAR_BELOW}${text}`);
    this.#height = lines.length;
  }

  #tellChanges(lines: readonly LiveLine[]): void {
    for (const [at, { told }] of lines.entries()) {
      if (told !== undefined && told !== this.#told[at]) this.#out.write(`${told}\n`);
      this.#told[at] = told;
    }
  }
}

/** Cuts a line to a width in characters; colour codes do not count and stay whole. */
export function cut(line: string, width: number): string {
  let seen = 0;
  let kept = "";
  // biome-ignore lint/suspicious/noControlCharactersInRegex: colour codes begin with the escape character
  for (const [part] of line.matchAll(/\u001b\[[0-9;]*m|./gsu)) {
    const isColour = part.length > 2 && part.startsWith("\u001b");
    if (!isColour && seen >= width) continue;
    kept += part;
    if (!isColour) seen += 1;
  }
  return kept;
}
