import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { pipeline } from "node:stream";
import type { StackContext } from "../stack/context.ts";

/**
 * Lets pods reach a service that listens on 127.0.0.1 only.
 * @returns the port on this machine's address in the cluster
 */
export async function forwardToHost(context: StackContext, port: number): Promise<number> {
  const open = new Set<Socket>();
  const server = createServer((from) => {
    const to = connect(port, "127.0.0.1");
    for (const socket of [from, to]) {
      open.add(socket);
      // Else each small question to a database waits for the answer to the one before: 40 ms, thousands of times.
      socket.setNoDelay();
      socket.once("close", () => open.delete(socket));
    }
    // How one side ends is the other side's to see.
    pipeline(from, to, () => from.destroy());
    pipeline(to, from, () => to.destroy());
  });
  server.listen(0, "0.0.0.0");
  await once(server, "listening");
  server.unref();
  context.closers.add(`way to port ${port}`, async () => {
    const closed = once(server, "close");
    server.close();
    for (const socket of open) socket.destroy();
    await closed;
  });
  return (server.address() as AddressInfo).port;
}
