import type { Agent, ClientRequest, IncomingHttpHeaders, IncomingMessage, RequestOptions } from "node:http";
import type { ApiSettings } from "../settings/settings.ts";
import { tlsOptions } from "./tls.ts";

// Not by `import`: that reads every export, and node:http then loads the WebSocket, fetch and HTTP/2 of Node, 50 ms of the
// processor for each process of each run. node:https comes only where the API is https: it reads all root certificates.
const http = process.getBuiltinModule("node:http");

export type HttpMethod = "GET" | "POST" | "PATCH" | "DELETE";

/** One request, as it goes out. */
export interface OutgoingRequest {
  method: HttpMethod;
  /** Path and query. */
  path: string;
  headers: Record<string, string>;
  body?: string;
  signal?: AbortSignal;
}

/** One answer, read to its end. */
export interface Answer {
  status: number;
  headers: IncomingHttpHeaders;
  text: string;
}

const CONNECTIONS = 32;
/** Milliseconds that an idle connection is kept: less than the 5 s after which uvicorn closes it. */
const KEEP_ALIVE = 4_000;
const CONNECT_TIMEOUT = 10_000;
/** Milliseconds without a byte from the server. */
const SILENCE_TIMEOUT = 60_000;

/** Connections to one server, kept between requests. */
export class Transport {
  readonly #agent: Agent;
  readonly #request: (options: RequestOptions) => ClientRequest;
  readonly #server: { protocol: string; hostname: string; port: string };
  readonly #underWay = new Set<Promise<unknown>>();
  #closed = false;

  constructor(address: URL, settings: ApiSettings) {
    const pool = { keepAlive: true, maxSockets: CONNECTIONS, timeout: KEEP_ALIVE };
    if (address.protocol === "https:") {
      const https = process.getBuiltinModule("node:https");
      this.#agent = new https.Agent({ ...pool, ...tlsOptions(settings) });
      this.#request = https.request;
    } else {
      this.#agent = new http.Agent(pool);
      this.#request = http.request;
    }
    // A literal IPv6 address stands in brackets in a URL, and without them for the resolver.
    const hostname = address.hostname.replace(/^\[(.*)\]$/, "$1");
    this.#server = { protocol: address.protocol, hostname, port: address.port };
  }

  /**
   * Sends a request and reads the whole answer, whatever its status.
   * @throws the network's error; Error when the server is silent for too long; the signal's reason
   */
  send(request: OutgoingRequest): Promise<Answer> {
    if (this.#closed) return Promise.reject(new Error("the client was closed"));
    const answer = this.#exchange(request);
    this.#underWay.add(answer);
    const forget = () => this.#underWay.delete(answer);
    answer.then(forget, forget);
    return answer;
  }

  /** Closes the connections once what is under way has ended; sends nothing from now on. */
  async close(): Promise<void> {
    this.#closed = true;
    await Promise.allSettled(this.#underWay);
    this.#agent.destroy();
  }

  #exchange({ method, path, headers, body, signal }: OutgoingRequest): Promise<Answer> {
    return new Promise((resolve, reject) => {
      signal?.throwIfAborted();
      const request = this.#request({ ...this.#server, agent: this.#agent, method, path, headers });
      const abort = () => request.destroy(new Error("the request was given up"));
      signal?.addEventListener("abort", abort, { once: true });
      const fail = (error: Error) => {
        signal?.removeEventListener("abort", abort);
        reject(signal?.aborted ? signal.reason : error);
      };
      request.on("error", fail);
      limitConnecting(request);
      request.setTimeout(SILENCE_TIMEOUT, () => {
        request.destroy(new Error(`the server was silent for ${SILENCE_TIMEOUT / 1000} seconds`));
      });
      request.on("response", (response) => {
        readText(response).then((text) => {
          signal?.removeEventListener("abort", abort);
          resolve({ status: response.statusCode ?? 0, headers: response.headers, text });
        }, fail);
      });
      request.end(body);
    });
  }
}

/** Ends a request whose connection does not come about in time; waiting for a free one does not count. */
function limitConnecting(request: ClientRequest): void {
  request.once("socket", (socket) => {
    if (!socket.connecting) return;
    const late = () =>
      request.destroy(new Error(`no connection came about within ${CONNECT_TIMEOUT / 1000} seconds`));
    const timer = setTimeout(late, CONNECT_TIMEOUT);
    const stop = () => clearTimeout(timer);
    socket.once("connect", stop);
    socket.once("close", stop);
  });
}

async function readText(response: IncomingMessage): Promise<string> {
  response.setEncoding("utf8");
  let text = "";
  for await (const chunk of response) text += chunk;
  return text;
}
