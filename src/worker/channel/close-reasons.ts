import type { SocketEnd } from "../../prefect/sockets/prefect-socket.ts";

/**
 * Why a worker channel ended or could not be opened, and whether trying again can help
 * (`src/prefect/client/schemas/worker_channel.py`, `WORKER_CHANNEL_CLOSE_POLICIES`). After a reason that is not
 * retryable the worker speaks REST for good.
 */
const reasons = {
  // What the server says when it closes.
  authentication_failed: { retryable: false },
  authorization_failed: { retryable: false },
  unsupported_version: { retryable: false },
  protocol_error: { retryable: false },
  heartbeat_persistence_failed: { retryable: true },
  transient_server_error: { retryable: true },
  // What this side finds out.
  endpoint_unavailable: { retryable: false },
  setup_timeout: { retryable: true },
  connection_lost: { retryable: true },
} as const;

export type CloseReason = keyof typeof reasons;

/** Servers give the reason with the code; proxies between give the code alone. */
const codes: Record<number, CloseReason> = {
  1002: "protocol_error",
  1008: "authorization_failed",
  1011: "transient_server_error",
};

/** The worker channel cannot be used, for now or at all. */
export class ChannelError extends Error {
  override readonly name = "ChannelError";
  readonly reason: CloseReason;

  constructor(reason: CloseReason, detail: string) {
    super(reason === detail ? reason : `${reason}: ${detail}`);
    this.reason = reason;
  }

  get retryable(): boolean {
    return reasons[this.reason].retryable;
  }
}

/** The error for a socket that ended by itself. */
export function errorOfEnd(end: SocketEnd): ChannelError {
  if (end.status !== undefined) {
    return new ChannelError(reasonOfStatus(end.status), `the server answered HTTP ${end.status}`);
  }
  const reason = isReason(end.reason) ? end.reason : (codes[end.code] ?? "connection_lost");
  return new ChannelError(reason, end.reason);
}

/** A server without the endpoint answers 403 (Starlette's answer to any unknown socket) or 404. */
function reasonOfStatus(status: number): CloseReason {
  if (status === 401) return "authentication_failed";
  return status >= 500 || status === 408 || status === 429
    ? "transient_server_error"
    : "endpoint_unavailable";
}

function isReason(text: string): text is CloseReason {
  return Object.hasOwn(reasons, text);
}
