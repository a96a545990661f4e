import type { Logger } from "pino";
import { errorText } from "../prefect/errors.ts";
import { Wake } from "./wake.ts";

/** Milliseconds that a note waits at most. */
const PATIENCE = 10_000;

interface Note {
  what: string;
  send: () => Promise<void>;
  due: number;
}

/**
 * Requests that nobody waits for, sent one after another when the worker has a slot free: a server on SQLite takes one
 * change at a time, and those of runs that are under way come first.
 */
export class LateNotes {
  readonly #isBusy: () => boolean;
  readonly #logger: Logger;
  readonly #notes: Note[] = [];
  readonly #free = new Wake();
  readonly #flushing = new AbortController();
  #sending: Promise<void> | undefined;

  constructor(isBusy: () => boolean, logger: Logger) {
    this.#isBusy = isBusy;
    this.#logger = logger;
  }

  /** @param what what the note tells, for the log when it cannot be sent */
  add(what: string, send: () => Promise<void>): void {
    this.#notes.push({ what, send, due: Date.now() + PATIENCE });
    this.#sending ??= this.#run();
  }

  /** The worker has a slot free. */
  free(): void {
    this.#free.ring();
  }

  /** Sends all now; what is added later is sent at once too. */
  async flush(): Promise<void> {
    this.#flushing.abort();
    await this.#sending;
  }

  async #run(): Promise<void> {
    for (let note = this.#notes[0]; note !== undefined; note = this.#notes[0]) {
      while (this.#isBusy() && Date.now() < note.due && !this.#flushing.signal.aborted) {
        await this.#free.wait(note.due - Date.now(), this.#flushing.signal);
      }
      this.#notes.shift();
      await note.send().catch((error) => this.#logger.debug(`${note.what}: ${errorText(error)}`));
    }
    this.#sending = undefined;
  }
}
