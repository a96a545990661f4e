import { spawn } from "node:child_process";
import type { IncomingMessage, ServerResponse } from "node:http";
import { gitEnvironment } from "./repository.ts";

const HEADERS_END = "\r\n\r\n";

/** Has one HTTP request answered by git's own CGI program, for the repositories in a folder. */
export async function runGitBackend(
  folder: string,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const url = new URL(request.url ?? "/", "http://localhost");
  const header = (name: string) => String(request.headers[name] ?? "");
  const backend = spawn("git", ["http-backend"], {
    stdio: ["pipe", "pipe", "ignore"],
    env: {
      ...gitEnvironment(),
      GIT_PROJECT_ROOT: folder,
      GIT_HTTP_EXPORT_ALL: "1",
      PATH_INFO: decodeURIComponent(url.pathname),
      QUERY_STRING: url.search.slice(1),
      REQUEST_METHOD: request.method ?? "GET",
      CONTENT_TYPE: header("content-type"),
      HTTP_CONTENT_ENCODING: header("content-encoding"),
      GIT_PROTOCOL: header("git-protocol"),
      REMOTE_USER: "stack",
      REMOTE_ADDR: request.socket.remoteAddress ?? "",
      ...(request.headers["content-length"] && { CONTENT_LENGTH: request.headers["content-length"] }),
    },
  });
  // Either side may go away first: a client that has enough, a backend that refuses before it has read all.
  response.on("close", () => backend.kill());
  backend.stdin.on("error", () => request.resume());
  request.pipe(backend.stdin);

  let head = Buffer.alloc(0);
  let inBody = false;
  for await (const chunk of backend.stdout as AsyncIterable<Buffer>) {
    if (inBody) {
      response.write(chunk);
      continue;
    }
    head = Buffer.concat([head, chunk]);
    const end = head.indexOf(HEADERS_END);
    if (end === -1) continue;
    inBody = true;
    writeHead(response, head.subarray(0, end).toString("latin1"));
    response.write(head.subarray(end + HEADERS_END.length));
  }
  if (!inBody) throw new Error("git http-backend gave no answer");
  response.end();
}

function writeHead(response: ServerResponse, head: string): void {
  let status = 200;
  for (const line of head.split("\r\n")) {
    const colon = line.indexOf(":");
    const name = line.slice(0, colon).toLowerCase();
    const value = line.slice(colon + 1).trim();
    if (name === "status") status = Number.parseInt(value, 10);
    else response.setHeader(name, value);
  }
  response.writeHead(status);
}
