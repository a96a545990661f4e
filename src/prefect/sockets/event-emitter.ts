import type { PrefectClient } from "../client/client.ts";
import { errorText } from "../errors.ts";
import type { OutgoingEvent } from "../outgoing-event.ts";
import { type Backoff, retryDelay } from "../retry-delay.ts";
import { isRefusal, sendInHalves } from "../send-in-halves.ts";
import type { ApiSettings } from "../settings/settings.ts";
import type { PrefectSocket } from "./prefect-socket.ts";

/** Events that may wait for a server that is away; more are counted as dropped. */
const QUEUE_LIMIT = 50_000;
/** Events that may be on their way before the server is made to confirm them. */
const UNCONFIRMED_LIMIT = 1_000;
/** Milliseconds that a busy server gets to confirm, as a flush has no shorter time. */
const CONFIRM_TIMEOUT = 10_000;
const FLUSH_POLL = 5;
/** Milliseconds that events are collected for before they are sent; the longest where many come all the time. */
const INTERVAL = 50;
const LONGEST_INTERVAL = 2_000;
/**
 * Events in the queue from which on one that was overtaken before it was sent is left out, and the next interval is longer:
 * what a server on SQLite records in half a second.
 */
const MANY = 60;
/** Milliseconds after which it is looked whether there is reason to wait no longer. */
const LOOK = 50;
/** Close codes of a socket that the server has read to its end: normal, and none given. */
const WELL_CLOSED = [1000, 1005];
/** Events of one request, where they were on a socket that broke. */
const RESENT = 100;
const backoff: Backoff = { first: 500, factor: 2, max: 10_000, jitter: 0.3 };

/** An event that was given to an emitter. */
export interface QueuedEvent {
  readonly event: OutgoingEvent;
  /** The next of the same thing: while this one waits, it is overtaken. */
  next?: QueuedEvent;
}

/**
 * Sends events to `/events/in` in order, over one socket that is opened when first needed and again when lost.
 *
 * The server gives no receipts, but it reads a socket to its end before it answers the closing of it. So events count as
 * received only when a socket was closed well; those sent over one that broke are sent again (the server knows an event
 * that it has by its id). It breaks a socket, too, at an event that it refuses. So they are sent again by requests, which
 * tell the refused ones from the others.
 */
export class EventEmitter {
  #settings: ApiSettings;
  #client: Pick<PrefectClient, "emitEvents">;
  #queue: QueuedEvent[] = [];
  /** Sent over the present socket. */
  #unconfirmed: QueuedEvent[] = [];
  /** Sent over one that broke: the server may have some, all or none. */
  #doubtful: QueuedEvent[] = [];
  #socket: PrefectSocket | undefined;
  #closing = false;
  #flushing = false;
  #held = false;
  readonly #shortest: number;
  #interval: number;
  #pump: Promise<void> | undefined;
  #lastError = "";
  #refusal = "";
  #dropped = 0;

  /** @param interval  milliseconds that events are collected for */
  constructor(settings: ApiSettings, client: Pick<PrefectClient, "emitEvents">, interval = INTERVAL) {
    this.#settings = settings;
    this.#client = client;
    this.#shortest = interval;
    this.#interval = interval;
  }

  /**
   * @param before  an earlier event of the same thing. In a burst of events (many tasks that end at once) it is left
   *   out when it still waits: a server on SQLite records some 100 to 150 a second, and silently drops what is more than
   *   10,000 behind.
   */
  emit(event: OutgoingEvent, before?: QueuedEvent): QueuedEvent {
    const queued: QueuedEvent = { event };
    if (this.#pending >= QUEUE_LIMIT) {
      this.#dropped += 1;
      return queued;
    }
    if (before !== undefined) before.next = queued;
    this.#queue.push(queued);
    this.#start();
    return queued;
  }

  /** Sends nothing more until `release`, but for a `flush`. */
  hold(): void {
    this.#held = true;
  }

  release(): void {
    this.#held = false;
  }

  /** Waits, at most `timeout` milliseconds, until everything is with the server. What is not by then is dropped. */
  async flush(timeout: number): Promise<void> {
    const deadline = Date.now() + timeout;
    this.#flushing = true;
    do {
      while (this.#pump !== undefined && Date.now() < deadline) await pause(FLUSH_POLL);
      await this.#confirm(Math.min(CONFIRM_TIMEOUT, deadline - Date.now()));
    } while (this.#pending > 0 && Date.now() < deadline);
    this.#flushing = false;
    this.#dropped += this.#pending;
    this.#queue = [];
    this.#unconfirmed = [];
    this.#doubtful = [];
  }

  /** How many events were dropped since this was last asked. */
  takeDropped(): number {
    const dropped = this.#dropped;
    this.#dropped = 0;
    return dropped;
  }

  /** Why events were dropped, as far as is known. */
  get lastError(): string {
    return this.#refusal || this.#lastError;
  }

  get #isBurst(): boolean {
    return this.#queue.length > MANY || this.#interval > this.#shortest;
  }

  get #pending(): number {
    return this.#queue.length + this.#unconfirmed.length + this.#doubtful.length;
  }

  #start(): void {
    this.#pump ??= this.#run();
  }

  async #run(): Promise<void> {
    for (let failures = 0; this.#queue.length + this.#doubtful.length > 0; ) {
      try {
        if (this.#doubtful.length > 0) {
          await this.#resend(this.#doubtful);
          failures = 0;
          continue;
        }
        // Before the socket is opened: a run that is over by then has not waited for that.
        const wasBurst = await this.#collect();
        const socket = await this.#open();
        // Lost meanwhile: what is given to a closed socket goes nowhere, and nobody says so.
        if (socket !== this.#socket || this.#closing) continue;
        const isBurst = wasBurst || this.#isBurst;
        for (const queued of this.#queue.splice(0, UNCONFIRMED_LIMIT - this.#unconfirmed.length)) {
          if (isBurst && queued.next !== undefined) {
            leaveOut(queued.event, queued.next.event);
            continue;
          }
          this.#unconfirmed.push(queued);
          socket.send(queued.event);
        }
        if (this.#unconfirmed.length >= UNCONFIRMED_LIMIT) await this.#confirm(CONFIRM_TIMEOUT);
        failures = 0;
      } catch (error) {
        this.#lastError = errorText(error);
        failures += 1;
        await pause(retryDelay(failures, backoff, Math.random()), { keepAlive: false });
      }
    }
    this.#pump = undefined;
  }

  async #resend(doubtful: QueuedEvent[]): Promise<void> {
    const part = doubtful.slice(0, RESENT).map(({ event }) => event);
    const send = (events: OutgoingEvent[]) => this.#client.emitEvents(events, { retryFor: 0 });
    const { lost, error } = await sendInHalves(send, part);
    if (lost > 0 && !isRefusal(error)) throw error;
    if (lost > 0) this.#refusal = errorText(error);
    this.#dropped += lost;
    doubtful.splice(0, part.length);
  }

  /**
   * Waits for more to come, the longer the more there is: what is overtaken meanwhile need not be sent.
   * @returns whether so much came
   */
  async #collect(): Promise<boolean> {
    const until = performance.now() + this.#interval;
    while (!this.#flushing && (this.#held || performance.now() < until)) await pause(LOOK);
    const isBurst = this.#isBurst;
    const factor = this.#queue.length > MANY ? 2 : 0.5;
    this.#interval = Math.min(LONGEST_INTERVAL, Math.max(this.#shortest, this.#interval * factor));
    return isBurst;
  }

  async #open(): Promise<PrefectSocket> {
    if (this.#socket !== undefined && !this.#closing) return this.#socket;
    await this.#socket?.ended;
    // Loaded when first needed: most processes of small flows have no event to send.
    const { openPrefectSocket } = await import("./prefect-socket.ts");
    const socket = await openPrefectSocket(this.#settings, "/events/in");
    this.#socket = socket;
    void socket.ended.then(({ code, reason }) => {
      if (!this.#closing || !WELL_CLOSED.includes(code)) {
        this.#lastError = reason;
        this.#doubtful.push(...this.#unconfirmed);
      }
      this.#socket = undefined;
      this.#closing = false;
      this.#unconfirmed = [];
      if (this.#queue.length + this.#doubtful.length > 0) this.#start();
    });
    return socket;
  }

  /** Closes the socket, which the server answers when it has read everything; at least one millisecond is given to it. */
  async #confirm(timeout: number): Promise<void> {
    const socket = this.#socket;
    if (socket === undefined) return;
    this.#closing = true;
    socket.close(Math.max(1, timeout));
    await socket.ended;
  }
}

/** What came after it follows what came before it. */
function leaveOut({ follows }: OutgoingEvent, next: OutgoingEvent): void {
  if (follows === undefined) delete next.follows;
  else next.follows = follows;
}

/** `keepAlive: false`: a process that has nothing else to do ends meanwhile. */
function pause(milliseconds: number, { keepAlive = true } = {}): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, milliseconds);
    if (!keepAlive) timer.unref();
  });
}
