import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import { runGitBackend } from "./backend.ts";

/** What a test makes go wrong. `down`: connections are refused; `slow`: each answer waits; `error`: status 500. */
type GitFault =
  | { kind: "none" }
  | { kind: "down" }
  | { kind: "slow"; milliseconds: number }
  | { kind: "error" };

interface GitServerOptions {
  /** The folder with the bare repositories: `FOLDER/name.git` is `URL/name.git`. */
  readonly folder: string;
  /** Asks for these, as user and password; a token is a password with any user. */
  readonly credentials?: { readonly user?: string; readonly password: string };
}

/** A git server over HTTP: Node's own HTTP server in front of git's own `http-backend`. */
export interface GitServer {
  /** E.g. `http://127.0.0.1:3999`, without credentials. */
  readonly url: string;
  /** How many fetches and pushes it has served or refused. */
  requests(): number;
  /** Makes something go wrong from now on, or nothing any more. */
  setFault(fault: GitFault): Promise<void>;
  close(): Promise<void>;
}

/** Starts the server on a free port of 127.0.0.1. Reading and pushing are allowed to all who may come in. */
export async function startGitServer(options: GitServerOptions): Promise<GitServer> {
  let fault: GitFault = { kind: "none" };
  let requests = 0;
  const serve = async (request: IncomingMessage, response: ServerResponse) => {
    requests += 1;
    if (fault.kind === "slow") await delay(fault.milliseconds, undefined, { ref: false });
    if (fault.kind === "error")
      return void response.writeHead(500).end("the git server has been told to fail\n");
    if (!isAllowed(request, options)) {
      return void response.writeHead(401, { "www-authenticate": 'Basic realm="git"' }).end("who are you?\n");
    }
    await runGitBackend(options.folder, request, response);
  };
  const server = createServer((request, response) => {
    serve(request, response).catch((error: Error) => {
      if (!response.headersSent) response.writeHead(500);
      response.end(`${error.message}\n`);
    });
  });
  const port = await listen(server, 0);
  return {
    url: `http://127.0.0.1:${port}`,
    requests: () => requests,
    setFault: async (next) => {
      if (next.kind === "down") await shut(server);
      else if (!server.listening) await listen(server, port);
      fault = next;
    },
    close: () => shut(server),
  };
}

async function listen(server: Server, port: number): Promise<number> {
  server.listen(port, "127.0.0.1");
  await once(server, "listening");
  // The stack does not keep its process running: what uses the stack does.
  server.unref();
  return (server.address() as AddressInfo).port;
}

async function shut(server: Server): Promise<void> {
  if (!server.listening) return;
  const closed = once(server, "close");
  server.close();
  server.closeAllConnections();
  await closed;
}

function isAllowed(request: IncomingMessage, { credentials }: GitServerOptions): boolean {
  if (credentials === undefined) return true;
  const [scheme, encoded = ""] = (request.headers.authorization ?? "").split(" ");
  if (scheme?.toLowerCase() !== "basic") return false;
  const text = Buffer.from(encoded, "base64").toString("utf8");
  const colon = text.indexOf(":");
  const userIsRight = credentials.user === undefined || text.slice(0, colon) === credentials.user;
  return userIsRight && text.slice(colon + 1) === credentials.password;
}
