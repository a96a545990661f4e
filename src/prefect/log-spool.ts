import { closeSync, ftruncateSync, mkdirSync, openSync, rmSync, writeSync } from "node:fs";
import { readdir, readFile, rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";

/** Digits of the number that a file begins with: how many bytes behind it the server has. */
const MARK = 12;
/** Bytes from which on the next file is begun. A file goes when all that it holds is sent. */
const FILE_BYTES = 8_000_000;

/** The spool of a run, in its folder: written by its process, and read by the worker when that is gone. */
export function spoolPath(runDirectory: string): string {
  return join(runDirectory, ".prefect-ts-logs");
}

interface SpoolFile {
  path: string;
  file: number;
  written: number;
  sent: number;
}

/**
 * What a run has logged and the server has not got yet, on disk: a process that is killed, or whose memory is full, has no
 * time to send anything. One line a record, written before anything else is done with it; in files of some 8 MB (`path`,
 * `path.1` …), so that a run that logs for days takes no more of the disk than what waits.
 */
export class LogSpool {
  readonly #path: string;
  /** Those that hold something to be sent, the oldest first; the last is written to. */
  #files: SpoolFile[] = [];
  #opened = 0;
  #failure: unknown;

  constructor(path: string) {
    this.#path = path;
  }

  /** Keeps a line; gives its length, to be told to `sent`. A disk that is full costs no more than this safety. */
  keep(line: string): number {
    if (this.#failure !== undefined) return 0;
    try {
      const current = this.#current();
      const bytes = Buffer.from(`${line}\n`);
      const written = writeSync(current.file, bytes, 0, bytes.length, MARK + current.written);
      // A part of a line is not read back, and nothing may follow it.
      if (written < bytes.length) throw new Error(`the disk took ${written} of ${bytes.length} bytes`);
      current.written += written;
      return written;
    } catch (error) {
      this.#failure = error;
      return 0;
    }
  }

  /** The server has so many bytes more, or refused them for good. */
  sent(bytes: number): void {
    try {
      let left = bytes;
      for (const one of [...this.#files]) {
        const part = Math.min(left, one.written - one.sent);
        left -= part;
        one.sent += part;
        if (part > 0 && one.sent < one.written) writeMark(one);
        else if (one.sent === one.written) this.#emptied(one);
        if (left === 0) return;
      }
    } catch (error) {
      // The worst that follows is that a run that is killed later has some records twice.
      this.#failure ??= error;
    }
  }

  #emptied(one: SpoolFile): void {
    if (one === this.#files.at(-1)) {
      if (one.written === 0) return;
      ftruncateSync(one.file, 0);
      one.written = 0;
      one.sent = 0;
      writeMark(one);
    } else {
      this.#files = this.#files.filter((other) => other !== one);
      closeSync(one.file);
      rmSync(one.path, { force: true });
    }
  }

  #current(): SpoolFile {
    const last = this.#files.at(-1);
    if (last !== undefined && last.written < FILE_BYTES) return last;
    if (last === undefined) mkdirSync(dirname(this.#path), { recursive: true });
    const path = this.#opened === 0 ? this.#path : `${this.#path}.${this.#opened}`;
    const fresh = { path, file: openSync(path, "w"), written: 0, sent: 0 };
    this.#opened += 1;
    this.#files.push(fresh);
    writeMark(fresh);
    return fresh;
  }
}

function writeMark({ file, sent }: SpoolFile): void {
  writeSync(file, String(sent).padStart(MARK, "0"), 0);
}

/** The lines of a spool that the server has not got, file by file, each removed when the next is asked for. */
export async function* takeSpooled(path: string): AsyncGenerator<string[]> {
  for (const file of await spoolFiles(path)) {
    const content = await readFile(file);
    const sent = Number(content.toString("latin1", 0, MARK)) || 0;
    const lines = content.toString("utf8", MARK + sent).split("\n");
    // A line without its end was being written when the process ended.
    yield lines.slice(0, -1);
    await rm(file, { force: true });
  }
}

/** In the order in which they were begun. */
async function spoolFiles(path: string): Promise<string[]> {
  const [folder, first] = [dirname(path), basename(path)];
  const number = (name: string) => (name === first ? 0 : Number(name.slice(first.length + 1)));
  let names: string[];
  try {
    names = await readdir(folder);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw error;
  }
  return names
    .filter((name) => name === first || (name.startsWith(`${first}.`) && Number.isInteger(number(name))))
    .sort((one, other) => number(one) - number(other))
    .map((name) => join(folder, name));
}
