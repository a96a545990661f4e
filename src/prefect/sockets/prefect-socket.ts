import { Agent, WebSocket } from "undici";
import { socketToken } from "../http/authorization.ts";
import { tlsOptions } from "../http/tls.ts";
import type { ApiSettings } from "../settings/settings.ts";

/** How long the server may take to open the socket and to answer the first message, in milliseconds. */
const OPEN_TIMEOUT = 15_000;

/** An authenticated socket of a Prefect API (subprotocol `prefect`), ready for its next message. */
export interface PrefectSocket {
  send(message: unknown): void;
  /** Bytes that were handed over but not yet sent. */
  readonly buffered: number;
  close(): void;
  /** Resolves with the reason when the socket is closed by either side. */
  readonly closed: Promise<string>;
}

/**
 * Opens `path` (`/events/out`, `/events/in`) and shows the credentials: `{"type":"auth","token":…}`, answered by
 * `{"type":"auth_success"}`.
 * @throws Error with the reason when it cannot be opened or the credentials are refused
 */
export async function openPrefectSocket(
  settings: ApiSettings,
  path: string,
  onMessage: (message: Record<string, unknown>) => void = () => undefined,
): Promise<PrefectSocket> {
  const url = settings.apiUrl.replace(/^http/, "ws") + path;
  const agent = new Agent({ connect: tlsOptions(settings) });
  const socket = new WebSocket(url, {
    protocols: ["prefect"],
    dispatcher: agent,
    headers: settings.customHeaders,
  });
  let failure = "";
  const closed = new Promise<string>((resolve) => {
    socket.addEventListener("error", (event) => {
      failure = event.error?.message ?? event.message;
    });
    socket.addEventListener("close", (event) => {
      void agent.destroy();
      resolve(event.reason || failure || `closed with code ${event.code}`);
    });
  });
  await authenticate(socket, closed, settings, url);
  socket.addEventListener("message", (event) => onMessage(JSON.parse(String(event.data))));
  return {
    send: (message) => socket.send(JSON.stringify(message)),
    get buffered() {
      return socket.bufferedAmount;
    },
    close: () => socket.close(),
    closed,
  };
}

async function authenticate(socket: WebSocket, closed: Promise<string>, settings: ApiSettings, url: string) {
  let timer: NodeJS.Timeout | undefined;
  const accepted = new Promise<void>((resolve, reject) => {
    timer = setTimeout(() => {
      reject(new Error(`${url} did not answer within ${OPEN_TIMEOUT / 1000} seconds`));
      socket.close();
    }, OPEN_TIMEOUT);
    socket.addEventListener("open", () =>
      socket.send(JSON.stringify({ type: "auth", token: socketToken(settings) })),
    );
    socket.addEventListener(
      "message",
      (event) => {
        const { type } = JSON.parse(String(event.data)) as { type?: string };
        if (type === "auth_success") resolve();
      },
      { once: true },
    );
    void closed.then((reason) => reject(new Error(`${url} cannot be used: ${reason}`)));
  });
  try {
    await accepted;
  } finally {
    clearTimeout(timer);
  }
}
