import { once } from "node:events";
import { createServer, type IncomingMessage, request, type ServerResponse } from "node:http";
import { type AddressInfo, connect } from "node:net";
import type { Duplex } from "node:stream";
import { text } from "node:stream/consumers";

/** `asked`: the server has not seen the proposal yet; `answered`: it has, and the client not yet its answer. */
type Moment = "asked" | "answered";
/** What becomes of a proposal: an answer of our own, the breaking of the connection, or nothing unusual. */
type Fate = { status: number; headers?: Record<string, string>; body?: unknown } | "break" | undefined;

/** Stands between Prefect's clients and its server, and knows the states that are proposed. */
export interface StateProxy {
  readonly url: string;
  /** When each type of state was proposed, in milliseconds (`performance.now`). */
  readonly proposals: readonly { type: string; at: number }[];
  /** Decides the next proposal of a type at one moment; asked for several times, each decides one, in order. */
  next(type: string, moment: Moment, decide: () => Fate | undefined): void;
  close(): Promise<void>;
}

/** Starts a proxy on a free port. Close it in the same test. */
export async function startStateProxy(target: string): Promise<StateProxy> {
  const { hostname, port, pathname } = new URL(target);
  const proposals: { type: string; at: number }[] = [];
  const plans: { type: string; moment: Moment; decide: () => Fate }[] = [];
  const sockets = new Set<Duplex>();

  const fateOf = (type: string | undefined, moment: Moment): Fate => {
    const index = plans.findIndex((plan) => plan.type === type && plan.moment === moment);
    return index < 0 ? undefined : plans.splice(index, 1)[0]?.decide();
  };
  const end = (response: ServerResponse, fate: Exclude<Fate, undefined>) => {
    if (fate === "break") response.destroy();
    else {
      const { status, headers, body } = fate;
      const json = body === undefined ? {} : { "content-type": "application/json" };
      response.writeHead(status, { ...json, ...headers }).end(body && JSON.stringify(body));
    }
  };
  const serve = async (incoming: IncomingMessage, response: ServerResponse) => {
    const { method, url: path = "/", headers } = incoming;
    const body = await text(incoming);
    const type: string | undefined = path.endsWith("/set_state") ? JSON.parse(body).state.type : undefined;
    if (type !== undefined) proposals.push({ type, at: performance.now() });
    const before = fateOf(type, "asked");
    if (before !== undefined) return end(response, before);
    const plain = { ...headers, "accept-encoding": "identity" };
    const onward = request({ hostname, port, method, path, headers: plain, agent: false });
    onward.end(body);
    const [answer] = (await once(onward, "response")) as [IncomingMessage];
    const said = await text(answer);
    const after = fateOf(type, "answered");
    if (after !== undefined) return end(response, after);
    response.writeHead(answer.statusCode ?? 502, { "content-type": "application/json" }).end(said);
  };
  const server = createServer((incoming, response) => {
    // A server that is away, and a client that was killed, look as they would without a proxy: broken connections.
    serve(incoming, response).catch(() => response.destroy());
  });
  server.on("upgrade", (incoming: IncomingMessage, client: Duplex) => {
    const onward = connect(Number(port), hostname);
    const lines = incoming.rawHeaders.map((word, index) => word + (index % 2 === 0 ? ": " : "\r\n"));
    onward.write(`GET ${incoming.url} HTTP/1.1\r\n${lines.join("")}\r\n`);
    const sides = [client, onward] as const;
    for (const side of sides) {
      sockets.add(side);
      side.on("error", () => side.destroy());
      side.once("close", () => {
        sockets.delete(side);
        for (const other of sides) other.destroy();
      });
    }
    client.pipe(onward).pipe(client);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}${pathname}`,
    proposals,
    next: (type, moment, decide) => void plans.push({ type, moment, decide }),
    close: async () => {
      const closed = once(server, "close");
      server.close();
      server.closeAllConnections();
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}
