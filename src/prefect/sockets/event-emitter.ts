import { errorText } from "../errors.ts";
import type { OutgoingEvent } from "../outgoing-event.ts";
import { outageBackoff, retryDelay } from "../retry-delay.ts";
import type { ApiSettings } from "../settings/settings.ts";
import { openPrefectSocket, type PrefectSocket } from "./prefect-socket.ts";

/** Events that may wait for a server that is away; more are counted as dropped. */
const QUEUE_LIMIT = 50_000;
const FLUSH_POLL = 5;

/** Sends events to `/events/in` in order, over one socket that is opened when first needed and again when lost. */
export class EventEmitter {
  #settings: ApiSettings;
  #queue: OutgoingEvent[] = [];
  #socket: PrefectSocket | undefined;
  #pump: Promise<void> | undefined;
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

  /**
   * Waits, at most `timeout` milliseconds, until everything is with the server. It gives no receipts, but it reads a
   * socket to its end before it answers the closing of it; so the socket is closed, and opened again at the next event.
   */
  async flush(timeout: number): Promise<void> {
    const deadline = Date.now() + timeout;
    while (this.#pump !== undefined && Date.now() < deadline) await pause(FLUSH_POLL);
    const socket = this.#socket;
    while (socket !== undefined && socket.buffered > 0 && Date.now() < deadline) await pause(FLUSH_POLL);
    this.dropped += this.#queue.length;
    this.#queue = [];
    socket?.close();
    await Promise.race([socket?.closed, pause(Math.max(FLUSH_POLL, deadline - Date.now()))]);
    if (this.#socket === socket) this.#socket = undefined;
  }

  get lastError(): string {
    return this.#lastError;
  }

  async #run(): Promise<void> {
    for (let failures = 0; this.#queue.length > 0; ) {
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
        await pause(retryDelay(failures, outageBackoff, Math.random()), { keepAlive: false });
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

/** `keepAlive: false`: a process that has nothing else to do ends meanwhile. */
function pause(milliseconds: number, { keepAlive = true } = {}): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, milliseconds);
    if (!keepAlive) timer.unref();
  });
}
