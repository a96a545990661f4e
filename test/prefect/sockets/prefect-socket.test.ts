import { once } from "node:events";
import type { IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, expect, it } from "vitest";
import { type WebSocket, WebSocketServer } from "ws";
import { openPrefectSocket, type SocketOptions } from "../../../src/prefect/sockets/prefect-socket.ts";
import { waitFor } from "../../support/wait-for.ts";

const closers: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

/** A server of sockets that does what no genuine one does on demand with the first message. */
async function serve(onFirst: (socket: WebSocket, message: unknown, request: IncomingMessage) => void) {
  const server = new WebSocketServer({ port: 0, host: "127.0.0.1" });
  await once(server, "listening");
  server.on("connection", (socket, request) =>
    socket.once("message", (data) => onFirst(socket, JSON.parse(String(data)), request)),
  );
  closers.push(() => {
    for (const socket of server.clients) socket.terminate();
    server.close();
  });
  return { server, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/api` };
}

const success = JSON.stringify({ type: "auth_success" });
const settingsFor = (apiUrl: string) => ({
  apiUrl,
  apiKey: undefined,
  authString: undefined,
  customHeaders: {},
  tlsInsecureSkipVerify: false,
  sslCertFile: undefined,
});
const open = (url: string, options: SocketOptions = {}, onMessage?: (message: unknown) => void) =>
  openPrefectSocket(settingsFor(url), "/events/in", onMessage, options);

it.each([
  ["an API key", { apiKey: "key" }, "key"],
  ["basic auth before an API key", { apiKey: "key", authString: "admin:pass" }, "admin:pass"],
  ["nothing where nothing is set", {}, null],
])("a socket shows %s in its first message, and custom headers when it is opened", async (_, more, token) => {
  const seen: unknown[] = [];
  const { url } = await serve((socket, message, request) => {
    seen.push(message, request.headers["x-team"], request.url);
    socket.send(success);
  });
  const settings = { ...settingsFor(url), customHeaders: { "x-team": "museum" }, ...more };
  const socket = await openPrefectSocket(settings, "/events/in");
  expect(seen).toEqual([{ type: "auth", token }, "museum", "/api/events/in"]);
  socket.close();
  expect((await socket.ended).code).toBe(1005);
});

it("no message is lost that comes together with the answer to the first", async () => {
  const { url } = await serve((socket) => {
    for (const text of [success, '{"number":1}', '{"number":2}']) socket.send(text);
  });
  const messages: unknown[] = [];
  const socket = await open(url, {}, (message) => messages.push(message));
  await waitFor(() => messages.length >= 2, { what: "both messages" });
  expect(messages).toEqual([{ number: 1 }, { number: 2 }]);
  socket.close();
  await socket.closed;
});

it.each([
  ["that refuses the credentials", (socket: WebSocket) => socket.close(1008, "not you"), "not you"],
  ["that answers something else", (socket: WebSocket) => socket.send("{}"), "auth_success"],
  ["that says nothing", () => undefined, "did not answer within 0.3 seconds"],
])("the opening fails at a server %s, and leaves no connection", async (_, onFirst, text) => {
  const { server, url } = await serve(onFirst);
  await expect(open(url, { openTimeout: 300 })).rejects.toThrow(text);
  await waitFor(() => server.clients.size === 0, { what: "no connection is left" });
});

it("a signal ends the opening, and an open socket", async () => {
  const stop = new AbortController();
  const mute = await serve(() => stop.abort());
  await expect(open(mute.url, { signal: stop.signal })).rejects.toThrow("no longer needed");
  await waitFor(() => mute.server.clients.size === 0, { what: "no connection is left" });
  const { url } = await serve((socket) => socket.send(success));
  const later = new AbortController();
  const socket = await open(url, { signal: later.signal });
  later.abort();
  expect((await socket.ended).code).toBe(1005);
});

it("a server that does not answer the closing is left all the same", async () => {
  const { server, url } = await serve((socket) => {
    socket.send(success);
    socket.pause();
  });
  const socket = await open(url);
  socket.close(100);
  expect((await socket.ended).code).toBe(1006);
  for (const one of server.clients) one.resume();
});
