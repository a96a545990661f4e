import type { WebSocket } from "ws";

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
  socket.on("pong", () => {
    answered = true;
    onPong();
  });
  const ping = () => {
    answered = false;
    // A socket that is just being closed has nobody to ask.
    if (socket.readyState === socket.OPEN) socket.ping();
  };
  const timer = setInterval(() => {
    if (answered) {
      ping();
      return;
    }
    clearInterval(timer);
    onSilent();
  }, interval);
  ping();
  return () => clearInterval(timer);
}
