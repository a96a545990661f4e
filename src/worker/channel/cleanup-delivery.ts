import { setTimeout as sleep } from "node:timers/promises";
import type { Logger } from "pino";
import type { Json } from "../../prefect/api-types.ts";
import { errorText } from "../../prefect/errors.ts";
import { type CleanupFrame, type CleanupTarget, frame, type OperationResultFrame } from "./frames.ts";

/** What a handler made of a message: done (also when there was nothing to do), or given back with a reason. */
export type CleanupOutcome = { operation: "ack" } | { operation: "release"; reason: string };

/** By cleanup kind. A handler may get the same message twice. */
export type CleanupHandlers = Record<string, (target: CleanupTarget) => Promise<CleanupOutcome>>;

/** Milliseconds before the end of a lease at which it is renewed. */
const RENEWAL_MARGIN = 5_000;
/** Milliseconds until the server has answered an operation, and between tries. */
const RESULT_TIMEOUT = 30_000;
const RETRY_DELAY = 1_000;
const TRIES = 3;

/**
 * Cleanup work that comes over one session of the channel (`src/prefect/workers/_cleanup.py`). A message is leased: it is
 * renewed while its handler works, then acknowledged or released. When the session ends meanwhile, the lease runs out
 * and the server delivers the message again.
 */
export class CleanupDelivery {
  #handlers: CleanupHandlers;
  #send: (message: Record<string, Json>) => void;
  #logger: Logger;
  #active = new Set<string>();
  #waiting = new Map<string, (result: OperationResultFrame) => void>();
  #closed = new AbortController();

  constructor(handlers: CleanupHandlers, send: (message: Record<string, Json>) => void, logger: Logger) {
    this.#handlers = handlers;
    this.#send = send;
    this.#logger = logger;
  }

  /** Handles a message in the background. */
  accept(message: CleanupFrame): void {
    const { reservation_token: token } = message.payload;
    if (this.#active.has(token)) return;
    this.#active.add(token);
    void this.#handle(message).finally(() => this.#active.delete(token));
  }

  /** The server's answer to an operation. */
  settle(result: OperationResultFrame): void {
    this.#waiting.get(result.payload.request_frame_id)?.(result);
  }

  close(): void {
    this.#closed.abort();
  }

  async #handle(message: CleanupFrame): Promise<void> {
    const { kind, target, message_id } = message.payload;
    const lease = new AbortController();
    const renewing = this.#keepLease(message, lease);
    let outcome: CleanupOutcome;
    try {
      const handler = this.#handlers[kind];
      outcome =
        handler === undefined
          ? { operation: "release", reason: "unsupported_cleanup_kind" }
          : await handler(target);
    } catch (error) {
      this.#logger.warn(`Cleanup of flow run ${target.flow_run_id} failed: ${errorText(error)}`);
      outcome = { operation: "release", reason: "handler_failed" };
    }
    const lost = lease.signal.aborted;
    lease.abort();
    await renewing;
    if (lost) return;
    this.#logger.debug({ message_id, kind, ...outcome }, `Cleanup of flow run ${target.flow_run_id}`);
    const more = outcome.operation === "release" ? { reason: outcome.reason } : {};
    await this.#operate(`cleanup.${outcome.operation}.v1`, message, more, this.#closed.signal);
  }

  /** Renews until `lease` is aborted; aborts it itself when the reservation is lost. */
  async #keepLease(message: CleanupFrame, lease: AbortController): Promise<void> {
    const signal = AbortSignal.any([lease.signal, this.#closed.signal]);
    // Counted from the server's own clock, which may differ from this one.
    let left = Date.parse(message.payload.lease_expires_at) - Date.parse(message.sent_at);
    for (;;) {
      await sleep(Math.max(0, left - RENEWAL_MARGIN), undefined, { signal }).catch(() => undefined);
      if (signal.aborted) return;
      const result = await this.#operate("cleanup.renew.v1", message, {}, signal);
      const until = result?.payload.lease_expires_at;
      if (result?.payload.status !== "accepted" || !until) {
        if (!signal.aborted) lease.abort();
        return;
      }
      left = Date.parse(until) - Date.parse(result.sent_at);
    }
  }

  /** Sends an operation, again after an error of the server or no answer; undefined when there was none at all. */
  async #operate(type: string, message: CleanupFrame, more: Record<string, Json>, signal: AbortSignal) {
    const { message_id, reservation_token } = message.payload;
    let result: OperationResultFrame | undefined;
    for (let tries = 1; tries <= TRIES && !signal.aborted; tries += 1) {
      if (tries > 1) await sleep(RETRY_DELAY, undefined, { signal }).catch(() => undefined);
      const request = frame(type, { message_id, reservation_token, ...more });
      result = await this.#request(request, signal);
      if (result !== undefined && result.payload.status !== "error") return result;
    }
    return result;
  }

  async #request(
    request: Record<string, Json> & { id: string },
    signal: AbortSignal,
  ): Promise<OperationResultFrame | undefined> {
    const answer = Promise.withResolvers<OperationResultFrame | undefined>();
    const timer = setTimeout(() => answer.resolve(undefined), RESULT_TIMEOUT);
    const stop = () => answer.resolve(undefined);
    signal.addEventListener("abort", stop, { once: true });
    this.#waiting.set(request.id, answer.resolve);
    try {
      if (!signal.aborted) this.#send(request);
      else stop();
      return await answer.promise;
    } finally {
      clearTimeout(timer);
      signal.removeEventListener("abort", stop);
      this.#waiting.delete(request.id);
    }
  }
}
