import { once } from "node:events";
import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type OutgoingHttpHeaders,
  request,
  type Server,
  type ServerResponse,
  STATUS_CODES,
} from "node:http";
import { createServer as createTlsServer } from "node:https";
import { type AddressInfo, connect, type Socket } from "node:net";
import type { Duplex } from "node:stream";

interface FaultProxyOptions {
  /** The real server, e.g. `http://127.0.0.1:4200/api`; only http. */
  target: string;
  /** Speaks TLS with its clients, with this certificate (PEM). */
  tls?: { key: string; cert: string };
}

/** Stands between a client and its real server, and makes the faults that no server makes on demand. */
export interface FaultProxy {
  /** What the client talks to: the proxy's address with the target's path. */
  readonly url: string;
  /** `GET /api/…` and the like, of each HTTP request and WebSocket seen so far, the faulty ones too. */
  readonly requests: readonly string[];
  /** The headers of each. */
  readonly headers: readonly IncomingHttpHeaders[];
  /** Breaks all connections there are; new ones are good. */
  cut(path?: RegExp): void;
  /** From now on nothing is passed on, and no connection closed: half-open. With `path`: only what matches it. */
  stall(path?: RegExp): void;
  /** Refuses new connections, as when nobody listens, and breaks those there are. */
  refuse(): Promise<void>;
  /** Answers instead of the server: HTTP and WebSocket alike; `times` requests, default all, with `path` only those. */
  answer(status: number, headers?: OutgoingHttpHeaders, times?: number, path?: RegExp): void;
  /** Ends every fault; what was stalled goes on where it stopped. */
  resume(): Promise<void>;
  close(): Promise<void>;
}

interface Answer {
  status: number;
  headers: OutgoingHttpHeaders;
  times: number;
  path: RegExp;
}

/** One WebSocket: the client's side and the server's. */
interface Tunnel {
  path: string;
  sides: Duplex[];
}

const ANY = /(?:)/;

/** Starts a proxy on a free port. Close it in the same test. */
export async function startFaultProxy({ target, tls }: FaultProxyOptions): Promise<FaultProxy> {
  const proxy = new Proxying(new URL(target), tls);
  await proxy.listen(0);
  return proxy;
}

class Proxying implements FaultProxy {
  readonly requests: string[] = [];
  readonly headers: IncomingHttpHeaders[] = [];
  #tls: FaultProxyOptions["tls"];
  #target: URL;
  #server: Server;
  #port = 0;
  /** Connections of clients, with the path last asked for on each. */
  #connections = new Map<Socket, string>();
  #tunnels = new Set<Tunnel>();
  #stalled: RegExp | undefined;
  #held: (() => void)[] = [];
  #answers: Answer[] = [];

  constructor(target: URL, tls: FaultProxyOptions["tls"]) {
    this.#target = target;
    this.#tls = tls;
    this.#server = this.#makeServer();
  }

  get url(): string {
    return `${this.#tls ? "https" : "http"}://127.0.0.1:${this.#port}${this.#target.pathname.replace(/\/$/, "")}`;
  }

  async listen(port: number): Promise<void> {
    this.#server.listen(port, "127.0.0.1");
    await once(this.#server, "listening");
    this.#port = (this.#server.address() as AddressInfo).port;
  }

  cut(path = ANY): void {
    for (const tunnel of this.#tunnels) {
      if (path.test(tunnel.path)) for (const side of tunnel.sides) side.destroy();
    }
    for (const [socket, last] of this.#connections) if (path.test(last)) breakOff(socket);
  }

  stall(path = ANY): void {
    this.#stalled = path;
    for (const tunnel of this.#tunnels) if (path.test(tunnel.path)) setFlow(tunnel, false);
  }

  async refuse(): Promise<void> {
    const closed = once(this.#server, "close");
    this.#server.close();
    this.cut();
    await closed;
  }

  answer(
    status: number,
    headers: OutgoingHttpHeaders = {},
    times = Number.POSITIVE_INFINITY,
    path = ANY,
  ): void {
    this.#answers.push({ status, headers, times, path });
  }

  async resume(): Promise<void> {
    this.#answers = [];
    this.#stalled = undefined;
    if (!this.#server.listening) {
      this.#server = this.#makeServer();
      await this.listen(this.#port);
    }
    for (const tunnel of this.#tunnels) setFlow(tunnel, true);
    for (const go of this.#held.splice(0)) go();
  }

  async close(): Promise<void> {
    this.#held = [];
    if (this.#server.listening) await this.refuse();
  }

  #makeServer(): Server {
    const server = this.#tls === undefined ? createServer() : createTlsServer(this.#tls);
    server.on(this.#tls === undefined ? "connection" : "secureConnection", (socket: Socket) => {
      this.#connections.set(socket, "");
      // A broken connection is what this is for.
      socket.on("error", () => socket.destroy());
      socket.once("close", () => this.#connections.delete(socket));
    });
    server.on("request", (incoming: IncomingMessage, response: ServerResponse) => {
      this.#take(incoming, (answer) => {
        if (answer === undefined) this.#forward(incoming, response);
        else response.writeHead(answer.status, answer.headers).end(reasonOf(answer));
      });
    });
    server.on("upgrade", (incoming: IncomingMessage, client: Duplex, head: Buffer) => {
      this.#take(incoming, (answer) => {
        if (answer === undefined) this.#tunnel(incoming, client, head);
        else client.end(emptyAnswer(answer));
      });
    });
    return server;
  }

  /** Notes a request, holds it while stalled, and says whether it gets an answer of our own. */
  #take(incoming: IncomingMessage, go: (answer: Answer | undefined) => void): void {
    const path = incoming.url ?? "/";
    this.requests.push(`${incoming.method} ${path}`);
    this.headers.push(incoming.headers);
    this.#connections.set(incoming.socket, path);
    if (this.#stalled?.test(path)) {
      this.#held.push(() => go(undefined));
      return;
    }
    const answer = this.#answers.find((one) => one.times > 0 && one.path.test(path));
    if (answer !== undefined) answer.times -= 1;
    go(answer);
  }

  #forward(incoming: IncomingMessage, response: ServerResponse): void {
    const { method, url: path, headers } = incoming;
    const { hostname, port } = this.#target;
    const onward = request({ hostname, port, method, path, headers, agent: false }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
    });
    // A server that is away looks to the client as it would without a proxy: a broken connection.
    onward.once("error", () => response.destroy());
    response.once("close", () => onward.destroy());
    incoming.pipe(onward);
  }

  #tunnel(incoming: IncomingMessage, client: Duplex, head: Buffer): void {
    const server = connect(Number(this.#target.port), this.#target.hostname);
    const tunnel: Tunnel = { path: incoming.url ?? "/", sides: [client, server] };
    this.#tunnels.add(tunnel);
    const end = () => {
      this.#tunnels.delete(tunnel);
      client.destroy();
      server.destroy();
    };
    server.write(requestHead(incoming));
    server.write(head);
    for (const [from, to] of [
      [client, server],
      [server, client],
    ] as const) {
      from.on("data", (chunk) => to.write(chunk));
      from.once("end", () => to.end());
      from.once("error", end);
      from.once("close", end);
    }
  }
}

/** A TLS socket has no reset of its own. */
function breakOff(socket: Socket): void {
  if ("encrypted" in socket) socket.destroy();
  else socket.resetAndDestroy();
}

function setFlow(tunnel: Tunnel, flows: boolean): void {
  for (const side of tunnel.sides) {
    if (flows) side.resume();
    else side.pause();
  }
}

function requestHead({ method, url, rawHeaders }: IncomingMessage): string {
  const lines = [`${method} ${url} HTTP/1.1`];
  for (let index = 0; index < rawHeaders.length; index += 2) {
    lines.push(`${rawHeaders[index]}: ${rawHeaders[index + 1]}`);
  }
  return `${lines.join("\r\n")}\r\n\r\n`;
}

/** The body of an error, in the form of a Prefect server: one without it was not made by Prefect. */
function reasonOf({ status }: Answer): string {
  return status < 400 ? "" : JSON.stringify({ detail: STATUS_CODES[status] ?? "" });
}

/** The head of an answer without a body. */
function emptyAnswer({ status, headers }: Answer): string {
  const more = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  return `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ""}\r\ncontent-length: 0\r\n${more.join("")}\r\n`;
}
