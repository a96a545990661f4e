import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { openPrefectSocket } from "../../src/prefect/sockets/prefect-socket.ts";
import { type FakeChannelServer, startFakeChannelServer } from "./fake-channel-server.ts";
import { type FaultProxy, startFaultProxy } from "./fault-proxy.ts";

describe("the fault proxy, for HTTP,", () => {
  let target: Server;
  let proxy: FaultProxy;

  beforeEach(async () => {
    target = createServer((request, response) => response.end(`answer to ${request.url}`)).listen(
      0,
      "127.0.0.1",
    );
    await once(target, "listening");
    proxy = await startFaultProxy({
      target: `http://127.0.0.1:${(target.address() as AddressInfo).port}/api`,
    });
  });
  afterEach(async () => {
    await proxy.close();
    target.close();
  });
  const ask = (path: string, signal?: AbortSignal) => fetch(`${proxy.url}${path}`, signal ? { signal } : {});

  it("passes requests on, and notes them", async () => {
    expect(await (await ask("/x?y=1")).text()).toBe("answer to /api/x?y=1");
    expect(proxy.requests).toEqual(["GET /api/x?y=1"]);
  });

  it("answers as often as it was told, only what matches", async () => {
    proxy.answer(503, { "retry-after": "7" }, 1, /x$/);
    expect((await ask("/y")).status).toBe(200);
    const answer = await ask("/x");
    expect([answer.status, answer.headers.get("retry-after")]).toEqual([503, "7"]);
    expect((await ask("/x")).status).toBe(200);
  });

  it("holds requests while stalled, and answers them afterwards", async () => {
    proxy.stall();
    await expect(ask("/x", AbortSignal.timeout(100))).rejects.toThrow(/timeout/);
    const held = ask("/y");
    await proxy.resume();
    expect(await (await held).text()).toBe("answer to /api/y");
  });

  it("refuses connections, and takes them again on the same port", async () => {
    const { url } = proxy;
    await proxy.refuse();
    await expect(ask("/x")).rejects.toMatchObject({ cause: { code: "ECONNREFUSED" } });
    await proxy.resume();
    expect(proxy.url).toBe(url);
    expect((await ask("/x")).status).toBe(200);
  });

  it("breaks what is under way", async () => {
    const slow = createServer(() => proxy.cut()).listen(0, "127.0.0.1");
    await once(slow, "listening");
    await proxy.close();
    proxy = await startFaultProxy({ target: `http://127.0.0.1:${(slow.address() as AddressInfo).port}` });
    await expect(ask("/x")).rejects.toThrow(/fetch failed/);
    slow.close();
  });
});

describe("the fault proxy, for WebSockets,", () => {
  let target: FakeChannelServer;
  let proxy: FaultProxy;

  beforeEach(async () => {
    target = await startFakeChannelServer((message, socket) => socket.send({ type: "echo", message }));
    proxy = await startFaultProxy({ target: target.url });
  });
  afterEach(async () => {
    await proxy.close();
    await target.close();
  });
  const open = (pingInterval: number, onMessage?: (message: Record<string, unknown>) => void) =>
    openPrefectSocket(
      {
        apiUrl: proxy.url,
        apiKey: undefined,
        authString: undefined,
        customHeaders: {},
        tlsInsecureSkipVerify: false,
        sslCertFile: undefined,
      },
      "/socket",
      onMessage,
      { pingInterval, openTimeout: 1_000 },
    );

  it("passes messages on, and cuts", async () => {
    const echo = Promise.withResolvers<Record<string, unknown>>();
    const socket = await open(60_000, echo.resolve);
    socket.send({ hello: 1 });
    expect(await echo.promise).toEqual({ type: "echo", message: { hello: 1 } });
    proxy.cut(/socket/);
    expect(await socket.ended).toMatchObject({ code: 1006, status: undefined });
  });

  it("makes a socket half-open, which its pings find out", async () => {
    const socket = await open(50);
    proxy.stall();
    expect(await socket.closed).toBe("the server no longer answers pings");
  });

  it("lets an opening run into its time limit", async () => {
    proxy.stall();
    await expect(open(60_000)).rejects.toThrow(/did not answer within 1 seconds/);
  });

  it("answers an opening with a status", async () => {
    proxy.answer(404);
    await expect(open(60_000)).rejects.toMatchObject({ end: { status: 404 } });
  });
});
