import { inspect } from "node:util";

/**
 * A text for a process's environment that no logger prints: it becomes itself only where it is made a string, which
 * child_process does last. simple-git prints its environment when DEBUG is set (DEBUG=* is often set for other things).
 */
class HiddenText {
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  toString(): string {
    return this.#text;
  }

  toJSON(): string {
    return "***";
  }

  [inspect.custom](): string {
    return "***";
  }
}

/** Hides a value of an environment. Typed as the string that it stands for. */
export function hidden(text: string): string {
  return new HiddenText(text) as unknown as string;
}
