import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

export interface Health {
  /** Time of the last answer of the server to a poll, in milliseconds since 1970. */
  lastAnswer: () => number;
  /** Longest silence that is still healthy, in milliseconds. */
  tolerance: number;
  ready: () => boolean;
}

/** Serves `/health` (200, or 503 when the Prefect server has been silent too long) and `/ready`. */
export async function serveHealth(
  health: Health,
  host: string,
  port: number,
): Promise<{ port: number; close: () => Promise<void> }> {
  const server = createServer((request, response) => {
    const answer = (ok: boolean, message: string) => {
      response
        .writeHead(ok ? 200 : 503, { "content-type": "application/json" })
        .end(JSON.stringify({ message }));
    };
    if (request.url === "/health") {
      const silent = Date.now() - health.lastAnswer();
      if (silent <= health.tolerance) answer(true, "OK");
      else
        answer(false, `The Prefect server has not answered a poll for ${Math.round(silent / 1000)} seconds`);
    } else if (request.url === "/ready") {
      answer(health.ready(), health.ready() ? "OK" : "The worker is not running");
    } else {
      response.writeHead(404).end();
    }
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, host, resolve);
  });
  return {
    port: (server.address() as AddressInfo).port,
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}
