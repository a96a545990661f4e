import type { Agent, ClientRequest, IncomingHttpHeaders, IncomingMessage, RequestOptions } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
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

/** How long things may take, in milliseconds, and how many connections there are at once. */
export interface TransportLimits {
  connections: number;
  /** How long an idle connection is kept. */
  keepAlive: number;
  /** Until a connection is there, with its TLS. */
  connect: number;
  /** Without a byte from the server. */
  silence: number;
  /** For what is under way when all is closed. */
  close: number;
}

const usualLimits: TransportLimits = {
  connections: 32,
  // Less than the 5 s after which uvicorn closes it.
  keepAlive: 4_000,
  connect: 10_000,
  silence: 60_000,
  close: 5_000,
};

/** Connections to one server, kept between requests. */
export class Transport {
  readonly #agent: Agent;
  readonly #request: (options: RequestOptions) => ClientRequest;
  readonly #server: { protocol: string; hostname: string; port: string };
  readonly #limits: TransportLimits;
  readonly #underWay = new Set<Promise<unknown>>();
  #closed = false;

  constructor(address: URL, settings: ApiSettings, limits: Partial<TransportLimits> = {}) {
    this.#limits = { ...usualLimits, ...limits };
    const { connections, keepAlive } = this.#limits;
    const pool = { keepAlive: true, maxSockets: connections, timeout: keepAlive };
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

  /** Closes the connections once what is under way has ended, or is late; sends nothing from now on. */
  async close(): Promise<void> {
    this.#closed = true;
    const ended = new AbortController();
    const late = sleep(this.#limits.close, undefined, { signal: ended.signal }).catch(() => undefined);
    await Promise.race([Promise.allSettled(this.#underWay), late]);
    ended.abort();
    this.#agent.destroy();
  }

  #exchange({ method, path, headers, body, signal }: OutgoingRequest): Promise<Answer> {
    const { connect, silence } = this.#limits;
    return new Promise((resolve, reject) => {
      signal?.throwIfAborted();
      // As an option: set later, the agent's time, which is for idle connections, would count until there is a connection.
      const options = { ...this.#server, agent: this.#agent, method, path, headers, timeout: silence };
      const request = this.#request(options);
      const end = (settle: () => void) => {
        signal?.removeEventListener("abort", abort);
        settle();
      };
      const fail = (error: unknown) => end(() => reject(error));
      const abort = () => {
        request.destroy();
        // At once: a request that waits for a free connection says nothing when it is destroyed.
        fail(signal?.reason);
      };
      signal?.addEventListener("abort", abort, { once: true });
      limitConnecting(request, connect);
      request.on("timeout", () =>
        request.destroy(new Error(`the server was silent for ${silence / 1000} seconds`)),
      );
      request.on("error", fail);
      let answered = false;
      request.on("response", (response) => {
        answered = true;
        readText(response).then(
          (text) => end(() => resolve({ status: response.statusCode ?? 0, headers: response.headers, text })),
          fail,
        );
      });
      // Without an error where the server speaks another protocol from now on (101).
      request.on("close", () => {
        if (!answered) fail(new Error("the connection ended without an answer"));
      });
      request.end(body);
    });
  }
}

/** Ends a request whose connection does not come about in time; waiting for a free one does not count. */
function limitConnecting(request: ClientRequest, time: number): void {
  request.once("socket", (socket) => {
    if (!socket.connecting) return;
    const timer = setTimeout(
      () => request.destroy(new Error(`no connection came about within ${time / 1000} seconds`)),
      time,
    );
    const stop = () => clearTimeout(timer);
    socket.once("encrypted" in socket ? "secureConnect" : "connect", stop);
    socket.once("close", stop);
  });
}

async function readText(response: IncomingMessage): Promise<string> {
  response.setEncoding("utf8");
  let text = "";
  for await (const chunk of response) text += chunk;
  return text;
}
