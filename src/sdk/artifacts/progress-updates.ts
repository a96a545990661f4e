import { errorText } from "../../prefect/errors.ts";
import { runEvent } from "../events/run-event.ts";
import { logger } from "../logger.ts";
import type { RunServer } from "../recorder/run-server.ts";

/** Milliseconds between two updates of one artifact. */
const INTERVAL = 1_000;

interface Update {
  data: number;
  description?: string;
}

/** The updates of each run's progress artifacts that still go to the server. */
const updatesOf = new WeakMap<RunServer, Map<string, ProgressUpdates>>();

/** Sends the newest value of one progress artifact, at most once in `INTERVAL`, and the last one before a flush ends. */
export class ProgressUpdates {
  #server: RunServer;
  #artifact: string;
  #next: Update | undefined;
  #timer: NodeJS.Timeout | undefined;
  #sending: Promise<void> | undefined;
  #sentAt = Number.NEGATIVE_INFINITY;
  #warned = false;
  readonly #flush = async () => {
    while (this.#next !== undefined || this.#sending !== undefined) await this.#send();
    this.#server.beforeFlush.delete(this.#flush);
  };

  constructor(server: RunServer, artifact: string) {
    this.#server = server;
    this.#artifact = artifact;
  }

  static of(server: RunServer, artifact: string): ProgressUpdates {
    const known = updatesOf.get(server) ?? new Map<string, ProgressUpdates>();
    updatesOf.set(server, known);
    const updates = known.get(artifact) ?? new ProgressUpdates(server, artifact);
    known.set(artifact, updates);
    return updates;
  }

  set(update: Update): void {
    // A description holds until another is given, also where its own update was never sent.
    this.#next = { ...this.#next, ...update };
    this.#server.beforeFlush.add(this.#flush);
    this.#later();
  }

  #later(): void {
    if (this.#timer !== undefined || this.#sending !== undefined) return;
    const wait = Math.max(0, this.#sentAt + INTERVAL - performance.now());
    this.#timer = setTimeout(() => void this.#send(), wait).unref();
  }

  /** One request at a time, with what is newest then; never rejects. */
  #send(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#sending ??= this.#sendNewest().finally(() => {
      this.#sending = undefined;
      if (this.#next !== undefined) this.#later();
    });
    return this.#sending;
  }

  async #sendNewest(): Promise<void> {
    const update = this.#next;
    this.#next = undefined;
    if (update === undefined) return;
    this.#sentAt = performance.now();
    try {
      await this.#server.client.updateArtifact(this.#artifact, { ...update });
      const resource = { "prefect.resource.id": `prefect.artifact.${this.#artifact}` };
      this.#server.emit(
        runEvent(this.#server, { event: "prefect.artifact.updated", resource, payload: { ...update } }),
      );
    } catch (error) {
      if (!this.#warned) logger.warn(`Progress could not be shown: ${errorText(error)}`);
      this.#warned = true;
    }
  }
}
