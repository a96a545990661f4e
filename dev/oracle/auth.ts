import {
  createCipheriv,
  createDecipheriv,
  createHash,
  pbkdf2Sync,
  randomBytes,
  timingSafeEqual,
} from "node:crypto";

/** Flag of AUTH_VFR_DATA that names the 12c verifier. */
const VERIFIER_12C = 0x4815;
/** That of Oracle 10 and before, which no thin driver has. */
const VERIFIER_10G = 0x939;
const VERIFIER_ROUNDS = 4096;
const SESSION_ROUNDS = 3;
const IV = Buffer.alloc(16);

/** A key, a value and a flag, as the login messages carry them. */
export interface AuthPair {
  key: string;
  value: string;
  flag: number;
}

/**
 * The server's side of one login with the 12c verifier (PBKDF2 with SHA-512, AES-256). It proves to both sides
 * that they know the password without sending it in the clear.
 */
export class Login {
  readonly #password: string;
  readonly #salt = randomBytes(16);
  readonly #sessionSalt = randomBytes(16);
  readonly #serverKey = randomBytes(32);
  readonly #hash: Buffer;

  /** For an unknown user pass a random password: the client must not be able to tell the difference. */
  constructor(password: string) {
    this.#password = password;
    const salt = Buffer.concat([this.#salt, Buffer.from("AUTH_PBKDF2_SPEEDY_KEY")]);
    const key = pbkdf2Sync(password, salt, VERIFIER_ROUNDS, 64, "sha512");
    this.#hash = createHash("sha512").update(key).update(this.#salt).digest().subarray(0, 32);
  }

  /** What phase one sends. */
  challenge(old = false): AuthPair[] {
    return [
      { key: "AUTH_SESSKEY", value: hex(encrypt(this.#hash, this.#serverKey)), flag: 0 },
      { key: "AUTH_VFR_DATA", value: hex(this.#salt), flag: old ? VERIFIER_10G : VERIFIER_12C },
      { key: "AUTH_PBKDF2_CSK_SALT", value: hex(this.#sessionSalt), flag: 0 },
      { key: "AUTH_PBKDF2_VGEN_COUNT", value: String(VERIFIER_ROUNDS), flag: 0 },
      { key: "AUTH_PBKDF2_SDER_COUNT", value: String(SESSION_ROUNDS), flag: 0 },
    ];
  }

  /** Checks the pairs of phase two. Returns AUTH_SVR_RESPONSE, or undefined for a wrong password. */
  answer(pairs: ReadonlyMap<string, string>): string | undefined {
    const clientKey = Buffer.from(pairs.get("AUTH_SESSKEY") ?? "", "hex");
    const password = Buffer.from(pairs.get("AUTH_PASSWORD") ?? "", "hex");
    if (clientKey.length !== 32 || password.length < 32 || password.length % 16 !== 0) return undefined;
    const mixed = hex(Buffer.concat([decrypt(this.#hash, clientKey), this.#serverKey]));
    const key = pbkdf2Sync(mixed, this.#sessionSalt, SESSION_ROUNDS, 32, "sha512");
    const opened = decrypt(key, password);
    const padding = opened.at(-1) ?? 0;
    const given = opened.subarray(16, Math.max(16, opened.length - padding));
    const expected = Buffer.from(this.#password, "utf8");
    if (given.length !== expected.length || !timingSafeEqual(given, expected)) return undefined;
    return hex(encrypt(key, Buffer.concat([randomBytes(16), Buffer.from("SERVER_TO_CLIENT")])));
  }
}

function hex(bytes: Buffer): string {
  return bytes.toString("hex").toUpperCase();
}

function encrypt(key: Buffer, bytes: Buffer): Buffer {
  const cipher = createCipheriv("aes-256-cbc", key, IV).setAutoPadding(false);
  return Buffer.concat([cipher.update(bytes), cipher.final()]);
}

function decrypt(key: Buffer, bytes: Buffer): Buffer {
  const decipher = createDecipheriv("aes-256-cbc", key, IV).setAutoPadding(false);
  return Buffer.concat([decipher.update(bytes), decipher.final()]);
}
