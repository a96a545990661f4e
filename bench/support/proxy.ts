import { once } from "node:events";
import { Agent, createServer, type IncomingMessage, request, type ServerResponse } from "node:http";
import { type AddressInfo, connect, type Socket } from "node:net";
import type { Duplex } from "node:stream";
import { FrameCounter } from "./frame-counter.ts";

/** One HTTP request that went through; `at` is `performance.now()` when its head had come. */
export interface SeenRequest {
  readonly at: number;
  readonly method: string;
  readonly path: string;
}

/** An HTTP proxy in front of a Prefect server that writes down what passes, and changes nothing. */
export interface CountingProxy {
  /** The API's address through the proxy. */
  readonly apiUrl: string;
  /** Every request so far; an upgrade to a websocket is one of them. */
  readonly requests: readonly SeenRequest[];
  /** Websocket frames so far, both directions. */
  frames(): number;
  close(): Promise<void>;
}

/** Starts a proxy on a free port of 127.0.0.1. */
export async function startProxy(apiUrl: string): Promise<CountingProxy> {
  const target = new URL(apiUrl);
  const requests: SeenRequest[] = [];
  const counters: FrameCounter[] = [];
  const sockets = new Set<Duplex>();
  const agent = new Agent({ keepAlive: true });
  const see = ({ method = "GET", url = "/" }: IncomingMessage) => {
    requests.push({ at: performance.now(), method, path: url.split("?", 1)[0] ?? url });
  };

  const server = createServer((incoming, outgoing) => {
    see(incoming);
    pass(incoming, outgoing, target, agent);
  });
  server.on("upgrade", (incoming, socket, head) => {
    see(incoming);
    const pair = tunnel(incoming, socket, head, target, () => {
      const counter = new FrameCounter();
      counters.push(counter);
      return counter;
    });
    for (const end of pair) sockets.add(end);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return {
    apiUrl: `http://127.0.0.1:${port}${target.pathname}`,
    requests,
    frames: () => counters.reduce((sum, { frames }) => sum + frames, 0),
    close: async () => {
      const closed = once(server, "close");
      server.close();
      server.closeAllConnections();
      for (const socket of sockets) socket.destroy();
      agent.destroy();
      await closed;
    },
  };
}

function pass(incoming: IncomingMessage, outgoing: ServerResponse, target: URL, agent: Agent): void {
  const { method, url, headers } = incoming;
  const onward = request({ host: target.hostname, port: target.port, method, path: url, headers, agent });
  onward.on("response", (answer) => {
    outgoing.writeHead(answer.statusCode ?? 502, answer.rawHeaders);
    answer.pipe(outgoing);
  });
  // The server closed the connection: so does the proxy, and the client sees what it would have seen.
  onward.on("error", () => outgoing.destroy());
  incoming.pipe(onward);
}

/** Joins both ends of an upgraded connection, and counts the frames behind the two heads. */
function tunnel(
  incoming: IncomingMessage,
  client: Duplex,
  head: Buffer,
  target: URL,
  counter: () => FrameCounter,
): [Duplex, Socket] {
  const server = connect(Number(target.port), target.hostname);
  const lines = incoming.rawHeaders.flatMap((name, at, all) => (at % 2 ? [] : [`${name}: ${all[at + 1]}`]));
  server.write(`${incoming.method} ${incoming.url} HTTP/1.1\r\n${lines.join("\r\n")}\r\n\r\n`);
  const [up, down] = [counter(), counter()];
  if (head.length > 0) server.write(head);
  up.add(head);
  client.on("data", (chunk: Buffer) => up.add(chunk));
  client.pipe(server);
  let answered = Buffer.alloc(0);
  let open = false;
  server.on("data", (chunk: Buffer) => {
    client.write(chunk);
    if (open) return down.add(chunk);
    answered = Buffer.concat([answered, chunk]);
    const end = answered.indexOf("\r\n\r\n");
    if (end === -1) return;
    open = true;
    down.add(answered.subarray(end + 4));
  });
  for (const [one, other] of [
    [client, server],
    [server, client],
  ] as const) {
    one.on("error", () => other.destroy());
    one.on("close", () => other.destroy());
  }
  return [client, server];
}
