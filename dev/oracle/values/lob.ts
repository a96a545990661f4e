import { OracleError } from "../errors.ts";

const LOCATOR = 40;
const MOST = 200_000;

/** A LOB that the client holds a locator of. Its value is a text (UTF-16 units) or bytes. */
export interface Lob {
  locator: Buffer;
  isText: boolean;
  isNational: boolean;
  value: string | Buffer;
}

/** The LOBs of one session, by the number in their locators. */
export class LobStore {
  readonly #lobs = new Map<number, Lob>();
  #next = 1;

  /** Makes a locator for a value. The oldest is forgotten when the client holds very many. */
  add(isText: boolean, isNational: boolean, value: string | Buffer): Lob {
    const number = this.#next++;
    const locator = Buffer.alloc(LOCATOR);
    locator.writeUInt16BE(LOCATOR - 2, 0);
    locator.writeUInt32BE(number, 16);
    const lob = { locator, isText, isNational, value };
    this.#lobs.set(number, lob);
    if (this.#lobs.size > MOST) for (const oldest of this.#lobs.keys()) return this.#forget(oldest, lob);
    return lob;
  }

  /** The LOB behind a locator. Throws ORA-22922 when there is none. */
  get(locator: Buffer): Lob {
    const lob = locator.length >= 20 ? this.#lobs.get(locator.readUInt32BE(16)) : undefined;
    if (!lob) throw new OracleError(22922, "nonexistent LOB value");
    return lob;
  }

  /** Frees the LOBs whose locators stand one after the other. */
  free(locators: Buffer): void {
    for (let at = 0; at + LOCATOR <= locators.length; at += LOCATOR)
      this.#lobs.delete(locators.readUInt32BE(at + 16));
  }

  #forget(number: number, result: Lob): Lob {
    this.#lobs.delete(number);
    return result;
  }
}
