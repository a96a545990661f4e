import { createServer, type IncomingHttpHeaders, type IncomingMessage, request } from "node:http";
import { listening } from "../../oracle/support/stand-in.ts";

/** What is answered in place of the storage. */
interface Refusal {
  status: number;
  /** As S3 names it, such as AccessDenied. */
  code: string;
}

interface S3Proxy {
  endpoint: string;
  close: () => Promise<void>;
}

/** Passes requests on to the storage, but answers those itself for which `refusal` gives one. */
export async function proxyInFront(
  storage: string,
  refusal: (incoming: IncomingMessage) => Refusal | undefined,
): Promise<S3Proxy> {
  const proxy = createServer((incoming, answer) => {
    const refused = refusal(incoming);
    if (refused) {
      incoming.resume();
      answer.writeHead(refused.status, { "content-type": "application/xml" });
      answer.end(`<Error><Code>${refused.code}</Code><Message>refused by the proxy</Message></Error>`);
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

/** Passes requests on to the storage, but refuses payloads of one mode, as some proxies do, or of both. */
export function proxyRefusing(
  refused: "signed" | "unsigned" | "both",
  storage: string,
  seen: IncomingHttpHeaders[],
): Promise<S3Proxy> {
  return proxyInFront(storage, ({ headers }) => {
    seen.push(headers);
    const unsigned = headers["x-amz-content-sha256"] === "UNSIGNED-PAYLOAD";
    return refused === "both" || unsigned === (refused === "unsigned")
      ? { status: 400, code: "XAmzContentSHA256Mismatch" }
      : undefined;
  });
}
