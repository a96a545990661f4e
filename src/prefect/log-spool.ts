import { closeSync, ftruncateSync, mkdirSync, openSync, writeSync } from "node:fs";
import { readFile, rm } from "node:fs/promises";
import { dirname, join } from "node:path";

/** Digits of the number that the file begins with: how many bytes behind it the server has. */
const MARK = 12;

/** The spool of a run, in its folder: written by its process, and read by the worker when that is gone. */
export function spoolPath(runDirectory: string): string {
  return join(runDirectory, ".prefect-ts-logs");
}

/**
 * What a run has logged and the server has not got yet, on disk: a process that is killed, or whose memory is full, has no
 * time to send anything. One line a record, written before anything else is done with it; empty again when all are sent.
 */
export class LogSpool {
  readonly #path: string;
  #file: number | undefined;
  #written = 0;
  #sent = 0;
  #failure: unknown;

  constructor(path: string) {
    this.#path = path;
  }

  /** Keeps a line; gives its length, to be told to `sent`. A disk that is full costs no more than this safety. */
  keep(line: string): number {
    if (this.#failure !== undefined) return 0;
    try {
      this.#file ??= this.#open();
      const length = writeSync(this.#file, `${line}\n`, MARK + this.#written);
      this.#written += length;
      return length;
    } catch (error) {
      this.#failure = error;
      return 0;
    }
  }

  /** The server has so many bytes more, or refused them for good. */
  sent(bytes: number): void {
    if (this.#file === undefined) return;
    this.#sent += bytes;
    if (this.#sent >= this.#written) {
      ftruncateSync(this.#file, 0);
      this.#sent = 0;
      this.#written = 0;
    }
    writeSync(this.#file, String(this.#sent).padStart(MARK, "0"), 0);
  }

  close(): void {
    if (this.#file !== undefined) closeSync(this.#file);
    this.#file = undefined;
  }

  #open(): number {
    mkdirSync(dirname(this.#path), { recursive: true });
    const file = openSync(this.#path, "w");
    writeSync(file, "0".padStart(MARK, "0"), 0);
    return file;
  }
}

/** The lines of a spool that the server has not got, and removes it. None when there is no spool. */
export async function takeSpooled(path: string): Promise<string[]> {
  let content: Buffer;
  try {
    content = await readFile(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw error;
  }
  await rm(path, { force: true });
  const sent = Number(content.toString("latin1", 0, MARK)) || 0;
  const lines = content.toString("utf8", MARK + sent).split("\n");
  // A line without its end was being written when the process ended.
  return lines.slice(0, -1);
}
