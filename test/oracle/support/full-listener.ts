import { connect, type Socket } from "node:net";
import { Worker } from "node:worker_threads";

/** Listens with the shortest queue there is, then stands still for good: who is in the queue stays there. */
const STANDS_STILL = `
const { parentPort } = require("node:worker_threads");
const server = require("node:net").createServer();
server.listen({ port: 0, host: "127.0.0.1", backlog: 1 }, () => {
  parentPort.postMessage(server.address().port);
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
});`;
const ENOUGH = 16;
const SETTLE_MILLISECONDS = 300;

/** A port that takes no connection any more and refuses none: the system drops what comes, as a firewall does. */
export async function fullListener(): Promise<{ port: number; close: () => Promise<void> }> {
  const worker = new Worker(STANDS_STILL, { eval: true });
  const port = await new Promise<number>((resolve, reject) => {
    worker.once("message", resolve);
    worker.once("error", reject);
  });
  const waiting: Socket[] = [];
  for (let count = 0; count < ENOUGH; count += 1) {
    const socket = connect(port, "127.0.0.1").on("error", () => socket.destroy());
    waiting.push(socket);
    const isIn = await Promise.race([
      new Promise<boolean>((resolve) => socket.once("connect", () => resolve(true))),
      new Promise<boolean>((resolve) => setTimeout(() => resolve(false), SETTLE_MILLISECONDS)),
    ]);
    if (!isIn) break;
  }
  return {
    port,
    close: async () => {
      for (const socket of waiting) socket.destroy();
      await worker.terminate();
    },
  };
}
