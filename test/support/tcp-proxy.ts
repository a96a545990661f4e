import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { afterAll } from "vitest";

/** Stands between a client and a server that speaks anything but HTTP, and counts what the client sends. */
export interface TcpProxy {
  readonly port: number;
  /** Bytes that clients have sent in all. */
  sent(): number;
  /** Calls this once, as soon as clients have sent so many bytes more; the data is passed on all the same. */
  after(bytes: number, act: () => void): void;
  /** Breaks all connections; new ones are good. */
  cut(): void;
  /** Breaks all connections and refuses new ones until `allow`. */
  refuse(): void;
  /** Takes new connections and says nothing to them, and passes nothing on of the old ones: for ever, also after `allow`. */
  mute(): void;
  /** New connections are good again. */
  allow(): void;
  /** From now on nothing is passed on, and no connection closed: the server does not learn that the client is gone. */
  hold(): void;
}

/** Starts a proxy on a free port; it ends with the test file. */
export async function startTcpProxy(target: { host: string; port: number }): Promise<TcpProxy> {
  const pairs = new Set<[Socket, Socket]>();
  let sent = 0;
  let limit = Number.POSITIVE_INFINITY;
  let act = (): void => undefined;
  let isRefusing = false;
  let isMute = false;
  const held = new Set<Socket>();
  const cut = (): void => {
    for (const pair of pairs) for (const socket of pair) socket.destroy();
    pairs.clear();
  };
  const server = createServer((client) => {
    if (isRefusing) {
      client.destroy();
      return;
    }
    if (isMute) {
      held.add(client);
      client.on("error", () => client.destroy()).resume();
      return;
    }
    const upstream = connect(target.port, target.host);
    const pair: [Socket, Socket] = [client, upstream];
    pairs.add(pair);
    for (const [one, other] of [pair, [upstream, client] as const]) {
      one.on("error", () => other.destroy());
      one.on("close", () => {
        if (pairs.delete(pair)) other.end();
      });
    }
    upstream.pipe(client, { end: false });
    client.pipe(upstream, { end: false });
    client.on("data", (data) => {
      sent += data.length;
      if (sent < limit) return;
      limit = Number.POSITIVE_INFINITY;
      act();
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  /** Passes nothing on any more, of all connections that there are now. */
  const separate = (): [Socket, Socket][] => {
    const separated = [...pairs];
    pairs.clear();
    for (const [client, upstream] of separated) {
      client.unpipe(upstream);
      upstream.unpipe(client);
      client.resume();
      upstream.resume();
      held.add(client).add(upstream);
    }
    return separated;
  };
  afterAll(async () => {
    cut();
    for (const socket of held) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  });
  return {
    port: (server.address() as AddressInfo).port,
    sent: () => sent,
    after: (bytes, then) => {
      limit = sent + bytes;
      act = then;
    },
    cut,
    refuse: () => {
      isRefusing = true;
      cut();
    },
    mute: () => {
      isMute = true;
      separate();
    },
    allow: () => {
      isRefusing = false;
      isMute = false;
    },
    hold: () => {
      for (const [client] of separate()) client.destroy();
    },
  };
}
