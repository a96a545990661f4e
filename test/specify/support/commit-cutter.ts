import { connect, createServer, type Socket } from "node:net";
import { afterAll } from "vitest";
import { listening } from "../../oracle/support/stand-in.ts";

/** Passes everything on to MariaDB, and hangs up on the client once: when the server has been told to commit for the n-th time. */
export async function startCommitCutter(
  { host, port }: { host: string; port: number },
  nth: number,
): Promise<{ port: number }> {
  const sockets = new Set<Socket>();
  let commits = 0;
  const proxy = await listening(
    createServer((client) => {
      const server = connect(port, host);
      for (const socket of [client, server]) {
        sockets.add(socket);
        socket.on("error", () => socket.destroy());
        socket.on("close", () => sockets.delete(socket));
      }
      server.pipe(client);
      client.on("data", (data) => {
        server.write(data);
        if (!data.includes("COMMIT")) return;
        commits += 1;
        if (commits !== nth) return;
        server.unpipe(client);
        server.once("data", () => client.destroy()).resume();
      });
      client.on("close", () => server.end());
    }),
  );
  afterAll(async () => {
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => proxy.close(resolve));
  });
  return { port: (proxy.address() as { port: number }).port };
}
