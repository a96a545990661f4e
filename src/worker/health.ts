import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { WorkerError } from "./errors.ts";
import type { PrometheusMetrics } from "./metrics/prometheus.ts";
import type { WorkerStateName } from "./worker-state.ts";

export interface Health {
  /** Time of the last success with the server, in milliseconds since 1970. */
  lastAnswer: () => number;
  /** Longest silence that is still healthy, in milliseconds. */
  tolerance: number;
  state: () => WorkerStateName;
  metrics: Pick<PrometheusMetrics, "contentType" | "text">;
}

/**
 * Serves `/health` (200, or 503 when the Prefect server has been silent too long; a draining worker is healthy),
 * `/ready` (200 while the worker takes runs) and `/metrics` (Prometheus).
 * @throws WorkerError HEALTHCHECK_FAILED when it cannot listen there
 */
export async function serveHealth(
  health: Health,
  host: string,
  port: number,
): Promise<{ port: number; close: () => Promise<void> }> {
  const server = createServer((request, response) => {
    const path = (request.url ?? "/").split("?")[0];
    if (request.method !== "GET" && request.method !== "HEAD") response.writeHead(405).end();
    else if (path === "/health") tell(response, ill(health));
    else if (path === "/ready") tell(response, notReady(health.state()));
    else if (path === "/metrics") void tellMetrics(response, health.metrics);
    else response.writeHead(404).end();
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, host, resolve);
  }).catch((cause) => {
    throw new WorkerError(
      "HEALTHCHECK_FAILED",
      `The health check cannot listen on ${host}:${port} (${cause.message}). ` +
        "Set PREFECT_WORKER_WEBSERVER_HOST and PREFECT_WORKER_WEBSERVER_PORT to a free address.",
      cause,
    );
  });
  return {
    port: (server.address() as AddressInfo).port,
    close: async () => {
      server.close();
      // A scraper keeps its connection open; the worker does not wait for it.
      server.closeAllConnections();
    },
  };
}

/** Why the worker is not healthy; undefined when it is. */
function ill({ lastAnswer, tolerance, state }: Health): string | undefined {
  // A draining worker no longer polls; it is to be left to finish its runs.
  if (state() === "draining" || state() === "cancelling") return undefined;
  const silent = Date.now() - lastAnswer();
  if (silent <= tolerance) return undefined;
  return `The Prefect server has not answered a poll for ${Math.round(silent / 1000)} seconds`;
}

function notReady(state: WorkerStateName): string | undefined {
  return state === "running" ? undefined : `The worker is ${state}`;
}

function tell(response: ServerResponse, problem: string | undefined): void {
  response
    .writeHead(problem === undefined ? 200 : 503, { "content-type": "application/json" })
    .end(JSON.stringify({ message: problem ?? "OK" }));
}

async function tellMetrics(response: ServerResponse, metrics: Health["metrics"]): Promise<void> {
  try {
    const text = await metrics.text();
    response.writeHead(200, { "content-type": metrics.contentType }).end(text);
  } catch (error) {
    response.writeHead(500).end(String(error));
  }
}
