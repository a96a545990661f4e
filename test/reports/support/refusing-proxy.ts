import { createServer, type IncomingHttpHeaders, request } from "node:http";
import { listening } from "../../oracle/support/stand-in.ts";

/** Passes requests on to the storage, but refuses payloads of one mode, as some proxies do, or of both. */
export async function proxyRefusing(
  refused: "signed" | "unsigned" | "both",
  storage: string,
  seen: IncomingHttpHeaders[],
): Promise<{ endpoint: string; close: () => Promise<void> }> {
  const proxy = createServer((incoming, answer) => {
    seen.push(incoming.headers);
    const unsigned = incoming.headers["x-amz-content-sha256"] === "UNSIGNED-PAYLOAD";
    if (refused === "both" || unsigned === (refused === "unsigned")) {
      incoming.resume();
      answer.writeHead(400, { "content-type": "application/xml" });
      answer.end(
        "<Error><Code>XAmzContentSHA256Mismatch</Code><Message>refused by the proxy</Message></Error>",
      );
      return;
    }
    const { method, headers, url } = incoming;
    const outgoing = request(new URL(url ?? "/", storage), { method, headers }, (response) => {
      answer.writeHead(response.statusCode ?? 500, response.headers);
      response.pipe(answer);
    });
    incoming.pipe(outgoing);
  });
  await listening(proxy);
  const { port } = proxy.address() as { port: number };
  return {
    endpoint: `http://127.0.0.1:${port}`,
    close: async () => {
      proxy.closeAllConnections();
      await new Promise((resolve) => proxy.close(resolve));
    },
  };
}
