import type { PrefectClient } from "./client/client.ts";
import { errorText } from "./errors.ts";
import type { LogSpool } from "./log-spool.ts";
import { type BatchOutcome, isRefusal, sendInHalves } from "./send-in-halves.ts";
import { cutText } from "./well-formed.ts";

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

/** Bytes of one batch: the server takes less than 4 MB. */
export const BATCH_BYTES = 3_000_000;
/** Records of one batch, so that a server on SQLite is not busy with it for seconds. */
export const BATCH_RECORDS = 2_000;
/** Milliseconds between batches. */
const INTERVAL = 200;
/** Characters of one message: the server refuses records of 1 MB. */
const MESSAGE_LIMIT = 250_000;
/** What may wait; more is dropped, counted and said. */
const QUEUE_RECORDS = 150_000;
const QUEUE_BYTES = 64_000_000;

interface Waiting {
  record: ShippedLog;
  /** UTF-8 takes at most three bytes for each UTF-16 unit; 300 for the other fields. */
  bytes: number;
  /** Bytes in the spool. */
  spooled: number;
}

/** Sends log records to the server in order and in batches; what is dropped or refused is counted and said. */
export class LogShipper {
  readonly #client: Pick<PrefectClient, "sendLogs">;
  readonly #onError: (text: string) => void;
  readonly #spool: LogSpool | undefined;
  #queue: Waiting[] = [];
  /** The first in the queue that is not taken yet. */
  #next = 0;
  #bytes = 0;
  #sending: Promise<void> | undefined;
  #timer: NodeJS.Timeout | undefined;
  /** Records that found the queue full, and that the server did not take: not told to it yet. */
  #dropped = 0;
  #lost = 0;
  #lostWhy = "";
  #held = false;
  #flushes = 0;
  /** Records that came into the queue, and those of them that were sent or refused. */
  #added = 0;
  #settled = 0;
  #batchDone = Promise.withResolvers<void>();

  /** @param spool  keeps what is not sent yet, for when the process ends without sending it */
  constructor(client: Pick<PrefectClient, "sendLogs">, onError: (text: string) => void, spool?: LogSpool) {
    this.#client = client;
    this.#onError = onError;
    this.#spool = spool;
  }

  add(given: ShippedLog): void {
    const record = given.message.length > MESSAGE_LIMIT ? cut(given) : given;
    const bytes = record.message.length * 3 + 300;
    if (this.waiting >= QUEUE_RECORDS || this.#bytes + bytes > QUEUE_BYTES) {
      this.#dropped += 1;
      return;
    }
    const spooled = this.#spool?.keep(JSON.stringify(record)) ?? 0;
    this.#queue.push({ record, bytes, spooled });
    this.#added += 1;
    this.#bytes += bytes;
    this.#timer ??= setTimeout(() => this.#send(), INTERVAL);
  }

  /** How many records wait to be sent. */
  get waiting(): number {
    return this.#queue.length - this.#next;
  }

  /** Sends nothing more until `release`, but for a `flush`. */
  hold(): void {
    this.#held = true;
  }

  release(): void {
    this.#held = false;
    this.#send();
  }

  /**
   * Sends what waits; resolves when the server has it, or has refused it for good. What is added meanwhile is not waited
   * for: a timer that logs on and on would keep its run from ever ending.
   */
  async flush(): Promise<void> {
    const end = this.#added;
    this.#flushes += 1;
    do {
      this.#send();
      await Promise.race([this.#sending, this.#batchDone.promise]);
    } while (this.#settled < end);
    this.#flushes -= 1;
  }

  get #waits(): boolean {
    return this.#held && this.#flushes === 0;
  }

  #send(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#waits || this.#sending !== undefined || this.#queue.length === 0) return;
    this.#sending = this.#drain().finally(() => {
      this.#sending = undefined;
    });
  }

  async #drain(): Promise<void> {
    while (this.#queue.length > 0 && !this.#waits) {
      const batch = this.#takeBatch();
      const records = batch.map(({ record }) => record);
      const { lost, error } = await this.#sendBatch(records);
      if (lost > 0) {
        this.#lost += lost;
        this.#lostWhy = errorText(error);
        this.#onError(lostText(lost, this.#lostWhy));
      }
      this.#spool?.sent(batch.reduce((sum, { spooled }) => sum + spooled, 0));
      const last = records.at(-1);
      if (last !== undefined && (lost === 0 || isRefusal(error))) await this.#tellMissing(last);
      this.#settled += records.length;
      this.#batchDone.resolve();
      this.#batchDone = Promise.withResolvers();
    }
  }

  #sendBatch(records: ShippedLog[]): Promise<BatchOutcome> {
    return sendInHalves((part) => this.#client.sendLogs(part), records);
  }

  #takeBatch(): Waiting[] {
    let bytes = 0;
    let end = this.#next;
    for (; end < this.#queue.length && end - this.#next < BATCH_RECORDS; end += 1) {
      bytes += this.#queue[end]?.bytes ?? 0;
      if (end > this.#next && bytes > BATCH_BYTES) break;
    }
    const batch = this.#queue.slice(this.#next, end);
    this.#bytes -= batch.reduce((sum, one) => sum + one.bytes, 0);
    this.#next = end;
    // Copied down only when half of it is old: else a long queue would be copied for each batch.
    if (this.#next * 2 >= this.#queue.length) {
      this.#queue = this.#queue.slice(this.#next);
      this.#next = 0;
    }
    return batch;
  }

  /** Among the run's logs, behind `last`: a request of its own, so that what is told and what is not stays known. */
  async #tellMissing(last: ShippedLog): Promise<void> {
    const [dropped, lost] = [this.#dropped, this.#lost];
    const notices: ShippedLog[] = [];
    if (dropped > 0) {
      const message = `${dropped} log records were dropped: they came faster than the server takes them.`;
      notices.push({ ...last, level: 30, message });
    }
    if (lost > 0) notices.push({ ...last, level: 40, message: lostText(lost, this.#lostWhy) });
    if (notices.length === 0) return;
    if ((await this.#sendBatch(notices)).lost > 0) return;
    this.#dropped -= dropped;
    this.#lost -= lost;
  }
}

function lostText(lost: number, why: string): string {
  return `${lost} log records could not be sent to the server: ${why}`;
}

function cut(record: ShippedLog): ShippedLog {
  const { message } = record;
  const kept = cutText(message, MESSAGE_LIMIT);
  return { ...record, message: `${kept}… (${message.length - kept.length} characters cut)` };
}
