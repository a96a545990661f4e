import { subscribe, unsubscribe } from "node:diagnostics_channel";
import { ping, type WebSocket } from "undici/lib/web/websocket/websocket.js";

/** Where undici tells of each pong; the WebSocket API itself has none. */
const PONG = "undici:websocket:pong";

/**
 * Finds out that the other side is gone although the connection looks open (a machine that was cut off, a router that
 * forgot it): pings every `interval` milliseconds, and calls `onSilent` when a ping got no answer until the next.
 * @param onPong told of each answer
 * @returns ends the watch
 */
export function watchHalfOpen(
  socket: WebSocket,
  interval: number,
  onSilent: () => void,
  onPong: () => void = () => undefined,
): () => void {
  let answered = true;
  const listener = (message: unknown) => {
    if ((message as { websocket: WebSocket }).websocket !== socket) return;
    answered = true;
    onPong();
  };
  subscribe(PONG, listener);
  const timer = setInterval(() => {
    if (!answered) {
      end();
      onSilent();
      return;
    }
    answered = false;
    ping(socket);
  }, interval);
  const end = () => {
    clearInterval(timer);
    unsubscribe(PONG, listener);
  };
  ping(socket);
  return end;
}
