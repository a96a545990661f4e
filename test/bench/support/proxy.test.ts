import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, expect, it } from "vitest";
import { type CountingProxy, startProxy } from "../../../bench/support/proxy.ts";

const closers: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

/** A server that answers with what it was asked, and a proxy in front of it. */
async function behindProxy(): Promise<CountingProxy> {
  const server = createServer(async (request, response) => {
    let body = "";
    for await (const chunk of request) body += chunk;
    response.writeHead(request.url === "/api/missing" ? 404 : 200, { "x-seen": request.url });
    response.end(`${request.method} ${body}`);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  closers.push(async () => {
    server.close();
    server.closeAllConnections();
    await once(server, "close");
  });
  const proxy = await startProxy(`http://127.0.0.1:${(server.address() as AddressInfo).port}/api`);
  closers.push(() => proxy.close());
  return proxy;
}

it("passes requests and answers on unchanged, and writes down what went through", async () => {
  const proxy = await behindProxy();
  const answer = await fetch(`${proxy.apiUrl}/logs/?page=2`, { method: "POST", body: "a line" });
  expect([answer.status, answer.headers.get("x-seen"), await answer.text()]).toEqual([
    200,
    "/api/logs/?page=2",
    "POST a line",
  ]);
  const missing = await fetch(`${proxy.apiUrl}/missing`);
  await missing.arrayBuffer();
  expect(missing.status).toBe(404);
  expect(proxy.requests.map(({ method, path }) => `${method} ${path}`)).toEqual([
    "POST /api/logs/",
    "GET /api/missing",
  ]);
  expect(proxy.frames()).toBe(0);
});
