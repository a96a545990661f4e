import type { PrefectClient } from "./client/client.ts";
import { errorText } from "./errors.ts";

/** A log record as `POST /logs/` takes it. */
export interface ShippedLog {
  name: string;
  level: number;
  message: string;
  timestamp: string;
  flow_run_id: string;
  task_run_id?: string;
  worker_id?: string;
}

/** Milliseconds between batches. */
const INTERVAL = 200;
/** Bytes of one batch: the server takes less than 4 MB. */
const BATCH_BYTES = 3_000_000;
/** Characters of one message: the server refuses records of 1 MB. */
const MESSAGE_LIMIT = 250_000;
/** Records that may wait; more are dropped, counted and said. */
const QUEUE_LIMIT = 100_000;

/** Sends log records to the server in order and in batches; what is dropped is counted and said. */
export class LogShipper {
  #client: Pick<PrefectClient, "sendLogs">;
  #onError: (text: string) => void;
  #queue: ShippedLog[] = [];
  #sending: Promise<void> | undefined;
  #timer: NodeJS.Timeout | undefined;
  #dropped = 0;

  constructor(client: Pick<PrefectClient, "sendLogs">, onError: (text: string) => void) {
    this.#client = client;
    this.#onError = onError;
  }

  add(record: ShippedLog): void {
    if (this.#queue.length >= QUEUE_LIMIT) {
      this.#dropped += 1;
      return;
    }
    const { message } = record;
    this.#queue.push(
      message.length > MESSAGE_LIMIT
        ? {
            ...record,
            message: `${message.slice(0, MESSAGE_LIMIT)}… (${message.length - MESSAGE_LIMIT} characters cut)`,
          }
        : record,
    );
    this.#timer ??= setTimeout(() => this.#send(), INTERVAL);
  }

  /** Sends what waits; resolves when the server has it, or has refused it for good. */
  async flush(): Promise<void> {
    do {
      this.#send();
      await this.#sending;
    } while (this.#queue.length > 0);
  }

  #send(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#sending !== undefined || this.#queue.length === 0) return;
    this.#sending = this.#drain().finally(() => {
      this.#sending = undefined;
    });
  }

  async #drain(): Promise<void> {
    while (this.#queue.length > 0) {
      const batch = this.#takeBatch();
      try {
        await this.#client.sendLogs(batch);
      } catch (error) {
        this.#onError(`${batch.length} log records could not be sent to the server: ${errorText(error)}`);
      }
    }
  }

  #takeBatch(): ShippedLog[] {
    const batch: ShippedLog[] = [];
    let bytes = 0;
    for (const record of this.#queue) {
      // UTF-8 takes at most three bytes for each UTF-16 unit; 300 for the other fields.
      bytes += record.message.length * 3 + 300;
      if (batch.length > 0 && bytes > BATCH_BYTES) break;
      batch.push(record);
    }
    this.#queue.splice(0, batch.length);
    const last = batch.at(-1);
    if (this.#dropped > 0 && last !== undefined) {
      batch.push({
        ...last,
        level: 30,
        message: `${this.#dropped} log records were dropped: they came faster than the server takes them.`,
      });
      this.#dropped = 0;
    }
    return batch;
  }
}
