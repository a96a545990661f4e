import { type RawData, WebSocket } from "ws";
import { errorText } from "../errors.ts";
import { socketToken } from "../http/authorization.ts";
import { tlsOptions } from "../http/tls.ts";
import type { ApiSettings } from "../settings/settings.ts";
import { jsonText } from "../well-formed.ts";
import { watchHalfOpen } from "./half-open.ts";

/** How long the server may take to open the socket and to answer the first message, in milliseconds. */
const OPEN_TIMEOUT = 15_000;
/** Milliseconds that the other side gets to answer our closing. */
const CLOSE_TIMEOUT = 1_000;
/** Milliseconds between pings; a ping without an answer until the next one ends the socket. */
const PING_INTERVAL = 30_000;

/** How a socket ended. */
export interface SocketEnd {
  /** WebSocket close code; 1006 when the connection just broke. */
  code: number;
  /** What the other side said, or what the network said; never empty. */
  reason: string;
  /** HTTP status of an answer that was no WebSocket. */
  status: number | undefined;
}

/** A socket that could not be opened, or whose credentials were refused. */
export class SocketError extends Error {
  override readonly name = "SocketError";
  readonly end: SocketEnd;

  constructor(url: string, end: SocketEnd) {
    const status = end.status === undefined ? "" : ` (HTTP ${end.status})`;
    super(`${url} cannot be used: ${end.reason}${status}`);
    this.end = end;
  }
}

/** An authenticated socket of a Prefect API (subprotocol `prefect`), ready for its next message. */
export interface PrefectSocket {
  send(message: unknown): void;
  /** Says goodbye, and gives the other side so many milliseconds (default one second) to answer. */
  close(timeout?: number): void;
  /** Resolves with the reason when the socket is closed by either side. */
  readonly closed: Promise<string>;
  /** Resolves together with `closed`, and says more. */
  readonly ended: Promise<SocketEnd>;
}

export interface SocketOptions {
  /** Milliseconds for opening and authentication. */
  openTimeout?: number;
  /** Milliseconds between pings. */
  pingInterval?: number;
  /** Told of each answer to a ping. */
  onPong?: () => void;
  /** Closes the socket, or gives up the opening of it. */
  signal?: AbortSignal;
}

/**
 * Opens `path` (`/events/out`, `/events/in`) and shows the credentials: `{"type":"auth","token":…}`, answered by
 * `{"type":"auth_success"}`. A server that no longer answers pings ends the socket.
 * @throws SocketError when it cannot be opened or the credentials are refused
 */
export async function openPrefectSocket(
  settings: ApiSettings,
  path: string,
  onMessage: (message: Record<string, unknown>) => void = () => undefined,
  options: SocketOptions = {},
): Promise<PrefectSocket> {
  const url = settings.apiUrl.replace(/^http/, "ws") + path;
  const socket = new WebSocket(url, ["prefect"], {
    ...tlsOptions(settings),
    headers: settings.customHeaders,
    // Small messages: packing each costs more than sending it.
    perMessageDeflate: false,
  });
  let failure = "";
  let status: number | undefined;
  const giveUp = (reason: string) => {
    failure ||= reason;
    // Without the closing handshake, which a peer that is gone would never finish.
    socket.terminate();
  };
  socket.on("unexpected-response", (_request, response) => {
    status = response.statusCode;
    giveUp("the server does not open a WebSocket here");
  });
  socket.on("error", (error) => {
    failure ||= errorText(error);
  });
  const ended = new Promise<SocketEnd>((resolve) => {
    socket.on("close", (code, reason) => {
      resolve({ code, reason: reason.toString() || failure || `closed with code ${code}`, status });
    });
  });
  const close = (timeout = CLOSE_TIMEOUT) => {
    socket.close();
    const timer = setTimeout(() => socket.terminate(), timeout);
    void ended.then(() => clearTimeout(timer));
  };
  let opened = false;
  const stop = () => (opened ? close() : giveUp("it is no longer needed"));
  options.signal?.addEventListener("abort", stop, { once: true });
  void ended.then(() => options.signal?.removeEventListener("abort", stop));
  if (options.signal?.aborted) stop();
  // From the first answer on: more messages may come with it, before anything that waits for it has a turn.
  const receive = (data: RawData) => {
    const message = parse(data);
    if (message === undefined) giveUp("the server sent something that is not JSON");
    else onMessage(message);
  };
  const timeout = options.openTimeout ?? OPEN_TIMEOUT;
  await authenticate(socket, ended, { settings, url, timeout, giveUp, receive });
  opened = true;
  const silent = () => giveUp("the server no longer answers pings");
  const endWatch = watchHalfOpen(socket, options.pingInterval ?? PING_INTERVAL, silent, options.onPong);
  void ended.then(endWatch);
  return {
    send: (message) => socket.send(jsonText(message)),
    close,
    closed: ended.then(({ reason }) => reason),
    ended,
  };
}

async function authenticate(
  socket: WebSocket,
  ended: Promise<SocketEnd>,
  how: {
    settings: ApiSettings;
    url: string;
    timeout: number;
    giveUp: (reason: string) => void;
    receive: (data: RawData) => void;
  },
) {
  const { settings, url, timeout, giveUp, receive } = how;
  const timer = setTimeout(
    () => giveUp(`the server did not answer within ${timeout / 1000} seconds`),
    timeout,
  );
  try {
    await new Promise<void>((resolve, reject) => {
      socket.on("open", () => socket.send(JSON.stringify({ type: "auth", token: socketToken(settings) })));
      socket.once("message", (data) => {
        if (parse(data)?.type === "auth_success") {
          socket.on("message", receive);
          resolve();
        } else giveUp("the server did not answer with auth_success");
      });
      void ended.then((end) => reject(new SocketError(url, end)));
    });
  } finally {
    clearTimeout(timer);
  }
}

/** The JSON object of a message; undefined when it is something else. */
function parse(data: RawData): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(String(data));
    return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
