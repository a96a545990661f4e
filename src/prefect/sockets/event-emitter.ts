import { errorText } from "../errors.ts";
import { outageBackoff, retryDelay } from "../retry-delay.ts";
import type { ApiSettings } from "../settings/settings.ts";
import { openPrefectSocket, type PrefectSocket } from "./prefect-socket.ts";

/** An event as `/events/in` takes it (`src/prefect/events/schemas/events.py`). */
export interface OutgoingEvent {
  id: string;
  /** ISO 8601 with zone. */
  occurred: string;
  event: string;
  resource: Record<string, string>;
  related: Record<string, string>[];
  payload: Record<string, unknown>;
  follows?: string;
}

/** Events that may wait for a server that is away; more are counted as dropped. */
const QUEUE_LIMIT = 50_000;
const FLUSH_POLL = 5;

/** Sends events to `/events/in` in order, over one socket that is opened when first needed and again when lost. */
export class EventEmitter {
  #settings: ApiSettings;
  #queue: OutgoingEvent[] = [];
  #socket: PrefectSocket | undefined;
  #pump: Promise<void> | undefined;
  #closing = false;
  #lastError = "";
  dropped = 0;

  constructor(settings: ApiSettings) {
    this.#settings = settings;
  }

  emit(event: OutgoingEvent): void {
    if (this.#queue.length >= QUEUE_LIMIT) {
      this.dropped += 1;
      return;
    }
    this.#queue.push(event);
    this.#pump ??= this.#run();
  }

  /** Waits, at most `timeout` milliseconds, until everything is with the server, then closes the socket. */
  async close(timeout: number): Promise<void> {
    const deadline = Date.now() + timeout;
    while (this.#pump !== undefined && Date.now() < deadline) await pause(FLUSH_POLL);
    while (this.#socket !== undefined && this.#socket.buffered > 0 && Date.now() < deadline)
      await pause(FLUSH_POLL);
    this.#closing = true;
    if (this.#queue.length > 0) {
      this.dropped += this.#queue.length;
      this.#queue = [];
    }
    this.#socket?.close();
    await Promise.race([this.#socket?.closed, pause(Math.max(FLUSH_POLL, deadline - Date.now()))]);
  }

  get lastError(): string {
    return this.#lastError;
  }

  async #run(): Promise<void> {
    for (let failures = 0; this.#queue.length > 0 && !this.#closing; ) {
      try {
        const socket = await this.#open();
        for (let event = this.#queue[0]; event !== undefined; event = this.#queue[0]) {
          socket.send(event);
          this.#queue.shift();
        }
        failures = 0;
      } catch (error) {
        this.#lastError = errorText(error);
        this.#socket = undefined;
        failures += 1;
        await pause(retryDelay(failures, outageBackoff, Math.random()));
      }
    }
    this.#pump = undefined;
  }

  async #open(): Promise<PrefectSocket> {
    if (this.#socket !== undefined) return this.#socket;
    const socket = await openPrefectSocket(this.#settings, "/events/in");
    this.#socket = socket;
    void socket.closed.then((reason) => {
      this.#lastError = reason;
      if (this.#socket === socket) this.#socket = undefined;
    });
    return socket;
  }
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
