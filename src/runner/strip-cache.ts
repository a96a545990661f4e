import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { stripTypeScriptTypes } from "node:module";
import { join } from "node:path";

/**
 * JavaScript of TypeScript modules by their content. Each run has its checkout in a folder of its own, so Node's own
 * cache, which goes by path, never finds it again; and the stripper alone costs 25 MB and 100 ms in a process.
 */
export class StripCache {
  readonly #folder: string;

  /** @param folder made when it is first written to */
  constructor(folder: string) {
    this.#folder = folder;
  }

  /**
   * The module's JavaScript; types are replaced by blanks, so lines and columns stay.
   * @throws Error ERR_UNSUPPORTED_TYPESCRIPT_SYNTAX, ERR_INVALID_TYPESCRIPT_SYNTAX
   */
  strip(file: string): string {
    const source = readFileSync(file, "utf8");
    const name = `${createHash("sha256").update(process.version).update(source).digest("hex")}.js`;
    const kept = join(this.#folder, name);
    try {
      return readFileSync(kept, "utf8");
    } catch (error) {
      if (!isAbsent(error)) throw error;
    }
    const stripped = stripQuietly(source);
    this.#keep(kept, stripped);
    return stripped;
  }

  #keep(path: string, text: string): void {
    try {
      mkdirSync(this.#folder, { recursive: true });
      const half = `${path}.${process.pid}`;
      writeFileSync(half, text);
      renameSync(half, path);
    } catch (error) {
      // A full or read-only disk costs speed, not the run.
      if (!(error instanceof Error && "code" in error)) throw error;
    }
  }
}

/** Node warns that this function is experimental, once a process: noise in the log of each run, and nobody there can act on it. */
function stripQuietly(source: string): string {
  const { emitWarning } = process;
  process.emitWarning = () => undefined;
  try {
    return stripTypeScriptTypes(source);
  } finally {
    process.emitWarning = emitWarning;
  }
}

function isAbsent(error: unknown): boolean {
  return error instanceof Error && "code" in error && (error.code === "ENOENT" || error.code === "ENOTDIR");
}
