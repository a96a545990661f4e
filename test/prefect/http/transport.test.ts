import { spawn } from "node:child_process";
import { once } from "node:events";
import { createServer, type RequestListener } from "node:http";
import { type AddressInfo, connect, createServer as createTcpServer, type Socket } from "node:net";
import { afterEach, expect, it } from "vitest";
import { Transport, type TransportLimits } from "../../../src/prefect/http/transport.ts";
import type { ApiSettings } from "../../../src/prefect/settings/settings.ts";
import { waitFor } from "../../support/wait-for.ts";

const settings: ApiSettings = {
  apiUrl: "",
  apiKey: undefined,
  authString: undefined,
  customHeaders: {},
  tlsInsecureSkipVerify: false,
  sslCertFile: undefined,
};
const closers: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

/** A server for what no genuine one does on demand; gives its port and the connections that it has. */
async function serve(answer: RequestListener) {
  const sockets = new Set<Socket>();
  const server = createServer(answer);
  server.on("connection", (socket) => {
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  closers.push(() => {
    server.close();
    server.closeAllConnections();
  });
  return { port: (server.address() as AddressInfo).port, sockets };
}

function open(port: number, limits: Partial<TransportLimits> = {}, protocol = "http") {
  const transport = new Transport(new URL(`${protocol}://127.0.0.1:${port}`), settings, limits);
  closers.push(() => transport.close());
  return transport;
}
const get = (transport: Transport, path = "/", signal?: AbortSignal) =>
  transport.send({ method: "GET", path, headers: {}, ...(signal && { signal }) });

it("requests one after the other share a connection, which is closed when it has been idle for long", async () => {
  const seen = new Set<Socket>();
  const { port, sockets } = await serve((request, response) => {
    seen.add(request.socket);
    response.end("text, with ø");
  });
  const transport = open(port, { keepAlive: 500 });
  for (let count = 0; count < 3; count += 1) {
    expect(await get(transport)).toMatchObject({ status: 200, text: "text, with ø" });
  }
  // A machine that is busy for half a second may lose one.
  expect(seen.size).toBeLessThan(3);
  await waitFor(() => sockets.size === 0, { what: "the idle connection is closed" });
});

it("a server that says nothing is given up, before the answer and in the middle of one", async () => {
  const { port } = await serve((request, response) => {
    if (request.url === "/begins") response.writeHead(200, { "content-length": "100" }).write("so far");
  });
  const transport = open(port, { silence: 200, keepAlive: 50 });
  await expect(get(transport)).rejects.toThrow("the server was silent for 0.2 seconds");
  await expect(get(transport, "/begins")).rejects.toThrow("the server was silent for 0.2 seconds");
});

it("an answer may be slow for longer than a connection may be idle", async () => {
  const gate = Promise.withResolvers<void>();
  const { port } = await serve((_, response) => void gate.promise.then(() => response.end("late")));
  const transport = open(port, { keepAlive: 50 });
  const answer = get(transport);
  setTimeout(gate.resolve, 300);
  expect((await answer).text).toBe("late");
});

it("a signal ends a request before the answer, in the middle of one, and while it waits for a connection", async () => {
  const { port, sockets } = await serve((request, response) => {
    if (request.url === "/begins") response.writeHead(200, { "content-length": "100" }).write("so far");
  });
  const transport = open(port, { connections: 2 });
  const stop = new AbortController();
  const other = new AbortController();
  const under = get(transport, "/", other.signal);
  const ended = ["/begins", "/waits"].map((path) => get(transport, path, stop.signal));
  await waitFor(() => sockets.size === 2, { what: "two connections" });
  const reason = new Error("the worker stops");
  stop.abort(reason);
  expect(await Promise.allSettled(ended)).toEqual([
    { status: "rejected", reason },
    { status: "rejected", reason },
  ]);
  await expect(get(transport, "/", stop.signal)).rejects.toBe(reason);
  other.abort(reason);
  await expect(under).rejects.toBe(reason);
});

it("closing waits for what is under way, sends nothing more, and leaves no connection", async () => {
  const gate = Promise.withResolvers<void>();
  const { port, sockets } = await serve((_, response) => void gate.promise.then(() => response.end("done")));
  const transport = open(port);
  const under = get(transport);
  await waitFor(() => sockets.size === 1, { what: "the request has come" });
  const closed = transport.close();
  await expect(get(transport)).rejects.toThrow("the client was closed");
  gate.resolve();
  expect((await under).text).toBe("done");
  await closed;
  await waitFor(() => sockets.size === 0, { what: "all connections are closed" });
});

it("closing does not wait for long for a server that says nothing", async () => {
  const { port, sockets } = await serve(() => undefined);
  const transport = open(port, { close: 100 });
  const under = get(transport).catch((error: Error) => error.message);
  await waitFor(() => sockets.size === 1, { what: "the request has come" });
  await transport.close();
  expect(await under).toBe("socket hang up");
  await waitFor(() => sockets.size === 0, { what: "all connections are closed" });
});

it("a connection that does not come about is given up for that, not as a silence", async () => {
  // A server that is stopped takes nobody; when its queue is full, the system throws away what else comes.
  const code =
    "net.createServer().listen({ port: 0, host: '127.0.0.1', backlog: 1 }, function () { console.log(this.address().port); })";
  const child = spawn(process.execPath, ["-e", code], { stdio: ["ignore", "pipe", "inherit"] });
  closers.push(() => child.kill("SIGKILL"));
  const [port] = (await once(child.stdout, "data")).map(Number) as [number];
  child.kill("SIGSTOP");
  for (let count = 0; count < 5; count += 1) {
    const socket = connect(port, "127.0.0.1");
    socket.on("error", () => socket.destroy());
    closers.push(() => socket.destroy());
  }
  const limits = { connect: 600, keepAlive: 100, silence: 1_000 };
  const says = async () => await get(open(port, limits)).catch((error: Error) => error.message);
  // The first of these may still have found a place.
  await waitFor(async () => (await says()) === "no connection came about within 0.6 seconds");
});

it("TLS that does not come about is given up as no connection", async () => {
  const server = createTcpServer((socket) => closers.push(() => socket.destroy()));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  closers.push(() => server.close());
  const { port } = server.address() as AddressInfo;
  await expect(get(open(port, { connect: 300 }, "https"))).rejects.toThrow(
    "no connection came about within 0.3 seconds",
  );
});

it("an answer that changes the protocol is an error, not a wait without end", async () => {
  const server = createTcpServer((socket) => {
    socket.once("data", () =>
      socket.write("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: other\r\n\r\n"),
    );
    socket.on("error", () => socket.destroy());
    closers.push(() => socket.destroy());
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  closers.push(() => server.close());
  await expect(get(open((server.address() as AddressInfo).port))).rejects.toThrow("without an answer");
});
