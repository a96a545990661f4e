import { type CatalogRow, SECTION_NAMES, type SectionName } from "./catalog.ts";

/** The text is no catalog of a snapshot. */
export class CatalogTextError extends Error {
  override readonly name = "CatalogTextError";
}

/**
 * Reads the rows of a stored `schema_catalog.json` as it comes, one at a time, so that a catalog of any size takes little
 * memory. Any layout of JSON will do: the system that this one replaces wrote another.
 * @throws CatalogTextError when it is not JSON of that form, or is cut short
 */
export async function* catalogRows(
  text: AsyncIterable<Uint8Array>,
): AsyncGenerator<[section: SectionName, row: CatalogRow], void, undefined> {
  const reader = new RowFinder();
  const decoder = new TextDecoder();
  for await (const bytes of text) yield* reader.take(decoder.decode(bytes, { stream: true }));
  reader.end();
}

const QUOTE = 34;
const BACKSLASH = 92;
const OPEN_ARRAY = 91;
const OPEN_OBJECT = 123;
const CLOSE_ARRAY = 93;
const CLOSE_OBJECT = 125;
/** How deep the names of the sections stand, their arrays, and the rows in these. */
const NAMES = 1;
const ARRAYS = 2;
const ROWS = 3;

/** Finds where the objects in the arrays of one large object begin and end, in whatever pieces its text comes. */
class RowFinder {
  /** The beginning of a row, or of a section's name, that goes on in the next piece. */
  #held = "";
  #depth = 0;
  #inText = false;
  #isEscaped = false;
  #lastName = "";
  #section: SectionName | undefined;

  *take(piece: string): Generator<[SectionName, CatalogRow]> {
    let from = this.#held === "" ? -1 : 0;
    const taken = (end: number): unknown => {
      const value = parsed(this.#held + piece.slice(from, end));
      this.#held = "";
      from = -1;
      return value;
    };
    for (let at = 0; at < piece.length; at += 1) {
      const code = piece.charCodeAt(at);
      if (this.#inText) {
        if (this.#isEscaped) this.#isEscaped = false;
        else if (code === BACKSLASH) this.#isEscaped = true;
        else if (code === QUOTE) {
          this.#inText = false;
          if (this.#depth === NAMES) this.#lastName = String(taken(at + 1));
        }
      } else if (code === QUOTE) {
        this.#inText = true;
        if (this.#depth === NAMES) from = at;
      } else if (code === OPEN_OBJECT || code === OPEN_ARRAY) {
        this.#depth += 1;
        if (this.#depth === ARRAYS) this.#section = SECTION_NAMES.find((name) => name === this.#lastName);
        if (this.#depth === ROWS && this.#section) from = at;
      } else if (code === CLOSE_OBJECT || code === CLOSE_ARRAY) {
        this.#depth -= 1;
        if (this.#depth === ARRAYS && this.#section) yield [this.#section, taken(at + 1) as CatalogRow];
        if (this.#depth === NAMES) this.#section = undefined;
      }
    }
    if (from >= 0) this.#held += piece.slice(from);
  }

  end(): void {
    if (this.#depth !== 0 || this.#inText) throw new CatalogTextError("The stored catalog is cut short.");
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new CatalogTextError(`The stored catalog is no JSON at: ${text.slice(0, 80)}`, { cause: error });
  }
}
