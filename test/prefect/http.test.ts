import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { PrefectClient } from "../../src/prefect/client/client.ts";
import type { ApiSettings } from "../../src/prefect/settings/settings.ts";
import { completed } from "../../src/prefect/states.ts";

/** A server that gives the answers no real one gives on demand. */
async function fakeServer(
  answer: (request: IncomingMessage, response: ServerResponse, count: number) => void,
) {
  const requests: IncomingMessage[] = [];
  const server = createServer((request, response) => {
    requests.push(request);
    answer(request, response, requests.length);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return { requests, port, close: () => new Promise((resolve) => server.close(resolve)) };
}

const closers: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

function client(port: number, more: Partial<ApiSettings> = {}, retryFor = 5_000) {
  const settings: ApiSettings = {
    apiUrl: `http://127.0.0.1:${port}/api`,
    apiKey: undefined,
    authString: undefined,
    customHeaders: {},
    tlsInsecureSkipVerify: false,
    sslCertFile: undefined,
    ...more,
  };
  const made = new PrefectClient(settings, { retryFor });
  closers.push(() => made.close());
  return made;
}

async function served(answer: Parameters<typeof fakeServer>[0]) {
  const server = await fakeServer(answer);
  closers.push(server.close);
  return server;
}

describe("the REST client", () => {
  it.each([429, 500, 502, 503, 504, 520])("tries again after %i until the server answers", async (status) => {
    const server = await served((_, response, count) => {
      if (count < 3) response.writeHead(status).end("database is locked");
      else response.end('"3.8.8"');
    });
    expect(await client(server.port).version()).toBe("3.8.8");
    expect(server.requests).toHaveLength(3);
  });

  it("tries again after 401 where it is asked to, as credentials may be on their way", async () => {
    const server = await served((_, response, count) => {
      if (count < 3) response.writeHead(401).end();
      else response.end('{"status":"ACCEPT"}');
    });
    const { flowRuns } = client(server.port);
    await flowRuns.setState("id", completed(), { retryUnauthorizedFor: 5_000 });
    expect(server.requests).toHaveLength(3);
  });

  it("tries again to make something only where the server says that it did nothing", async () => {
    const pool = { name: "museum", type: "process" };
    const busy = await served((_, response, count) => {
      if (count < 3) response.writeHead(503).end("database is locked");
      else response.end(JSON.stringify(pool));
    });
    expect(await client(busy.port).workPools.create(pool)).toEqual(pool);
    const broken = await served((_, response) => response.writeHead(500).end());
    await expect(client(broken.port).workPools.create(pool)).rejects.toThrow("500");
    expect(broken.requests).toHaveLength(1);
  });

  it("waits as long as Retry-After says", async () => {
    const times: number[] = [];
    const server = await served((_, response, count) => {
      times.push(Date.now());
      if (count === 1) response.writeHead(429, { "retry-after": "1" }).end();
      else response.end('"3.8.8"');
    });
    await client(server.port).version();
    expect((times[1] ?? 0) - (times[0] ?? 0)).toBeGreaterThanOrEqual(1_000);
  });

  it("does not try again what can never succeed, and says what the server said", async () => {
    const server = await served((_, response) =>
      response
        .writeHead(422)
        .end(JSON.stringify({ detail: [{ loc: ["body", "name"], msg: "Field required" }] })),
    );
    await expect(client(server.port).version()).rejects.toMatchObject({
      code: "API_INVALID",
      message: expect.stringContaining("body.name: Field required"),
    });
    expect(server.requests).toHaveLength(1);
  });

  it("believes a 404 that a Prefect server has made, and asks again after one that a proxy before it has made", async () => {
    const made = { exception_message: "Flow run not found" };
    const prefect = await served((_, response) => response.writeHead(404).end(JSON.stringify(made)));
    await expect(client(prefect.port).flowRuns.read("x")).rejects.toMatchObject({ code: "API_NOT_FOUND" });
    expect(prefect.requests).toHaveLength(1);
    const pages = ["default backend - 404", "", "<html>404 Not Found</html>", "404"];
    const proxy = await served((_, response, count) => {
      const page = pages[count - 1];
      if (page !== undefined) response.writeHead(404).end(page);
      else response.end('{"id":"x"}');
    });
    expect(await client(proxy.port, {}, 30_000).flowRuns.read("x")).toEqual({ id: "x" });
    const wrong = await served((_, response) => response.writeHead(404).end("no such site"));
    await expect(client(wrong.port, {}, 0).flowRuns.read("x")).rejects.toMatchObject({
      code: "API_UNAVAILABLE",
      message: expect.stringMatching(/no such site.*no answer of a Prefect API.*PREFECT_API_URL/),
    });
  });

  it("gives up after the time it was given, and names the address", async () => {
    const server = await served((request) => request.socket.destroy());
    await expect(client(server.port, {}, 1_000).version()).rejects.toMatchObject({
      code: "API_UNREACHABLE",
      message: expect.stringContaining(`http://127.0.0.1:${server.port}/api`),
    });
    expect(server.requests.length).toBeGreaterThan(1);
  });

  it("asks once more after a 503 that came later than the time it was given", async () => {
    const server = await served((_, response, count) => {
      if (count > 1) response.end('"3.8.8"');
      else setTimeout(() => response.writeHead(503).end(), 600);
    });
    expect(await client(server.port, {}, 500).version()).toBe("3.8.8");
    expect(server.requests).toHaveLength(2);
  });

  it("gives up when a 503 comes late twice, or asks to be left alone for longer than there is", async () => {
    const late = await served((_, response) => setTimeout(() => response.writeHead(503).end(), 600));
    await expect(client(late.port, {}, 500).version()).rejects.toMatchObject({ status: 503 });
    expect(late.requests).toHaveLength(2);
    const away = await served((_, response) => response.writeHead(503, { "retry-after": "60" }).end());
    await expect(client(away.port, {}, 500).version()).rejects.toMatchObject({ status: 503 });
    expect(away.requests).toHaveLength(1);
  });

  it("closes though the server never answers, and ends what waits for it", async () => {
    const asked = Promise.withResolvers<void>();
    const server = await served(() => asked.resolve());
    const made = client(server.port, {}, 0);
    const version = made.version().catch((error) => error);
    await asked.promise;
    await made.close();
    expect(await version).toMatchObject({ code: "API_UNREACHABLE" });
  });

  it("tries again when a connection is cut in the middle of an answer", async () => {
    const server = await served((request, response, count) => {
      if (count === 1) {
        response.writeHead(200, { "content-length": "100" });
        response.write('"3.');
        setImmediate(() => request.socket.destroy());
      } else response.end('"3.8.8"');
    });
    expect(await client(server.port).version()).toBe("3.8.8");
  });

  it("says that the address is the UI's when the answer is a page", async () => {
    const server = await served((_, response) => response.end("<!doctype html><html></html>"));
    await expect(client(server.port).version()).rejects.toMatchObject({
      message: expect.stringContaining("ends in /api, not to the UI"),
    });
  });

  it("shows basic auth before an API key, and custom headers", async () => {
    const server = await served((_, response) => response.end('"3.8.8"'));
    await client(server.port, {
      authString: "admin:påss",
      apiKey: "key",
      customHeaders: { "x-team": "museum" },
    }).version();
    const headers = server.requests[0]?.headers;
    expect(headers?.authorization).toBe(`Basic ${Buffer.from("admin:påss").toString("base64")}`);
    expect(headers?.["x-team"]).toBe("museum");
  });

  it("takes no custom header in the place of its own: servers read from them what it can", async () => {
    const server = await served((_, response) => response.end('"3.8.8"'));
    const customHeaders = { "user-agent": "museum", authorization: "Bearer of another", "x-team": "museum" };
    await client(server.port, { customHeaders, apiKey: "key" }).version();
    expect(server.requests[0]?.headers).toMatchObject({
      "user-agent": expect.stringMatching(/^prefect\/3\./),
      authorization: "Bearer key",
      "x-team": "museum",
    });
  });

  it.each([
    ["PREFECT_API_KEY", { apiKey: "hunter2\n" }],
    ["PREFECT_CLIENT_CUSTOM_HEADERS", { customHeaders: { "x-secret": "hunter2\r\n" } }],
    ["PREFECT_CLIENT_CUSTOM_HEADERS", { customHeaders: { "x y": "hunter2" } }],
  ])("refuses what no header may hold in %s, without a request and without showing it", (name, settings) => {
    let message = "";
    try {
      client(1, settings);
    } catch (error) {
      message = String(error);
    }
    expect(message).toContain(name);
    expect(message).toContain("line break");
    expect(message).not.toContain("hunter2");
  });

  it("names the address that a redirect gives, and does not send credentials there", async () => {
    const server = await served((_, response) =>
      response.writeHead(308, { location: "https://prefect.example/api/" }).end(),
    );
    await expect(client(server.port, { apiKey: "key" }, 0).version()).rejects.toMatchObject({
      status: 308,
      message: expect.stringMatching(/sends to https:\/\/prefect\.example\/api\/: set PREFECT_API_URL/),
    });
  });

  it("never puts a secret into an error", async () => {
    const server = await served((_, response) =>
      response.writeHead(401).end('{"exception_message":"Unauthorized"}'),
    );
    const error = await client(server.port, { authString: "admin:hunter2" })
      .version()
      .catch((caught) => caught);
    expect(error.code).toBe("API_UNAUTHORIZED");
    expect(error.message).toContain("PREFECT_API_AUTH_STRING");
    expect(`${error.message} ${error.stack}`).not.toContain("hunter2");
  });
});
