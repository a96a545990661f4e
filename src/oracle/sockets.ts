import { AsyncLocalStorage } from "node:async_hooks";
import { subscribe, unsubscribe } from "node:diagnostics_channel";
import type { Socket } from "node:net";

const CHANNEL = "net.client.socket";

/** The sockets that node-oracledb opened for one connection (none in thick mode: there Oracle's library has them). */
export class DriverSockets {
  readonly #sockets = new Set<Socket>();
  readonly #context = new AsyncLocalStorage<true>();

  /** Runs `connect` and keeps hold of each socket that is opened on its behalf, and by no other part of the process. */
  async during<T>(connect: () => Promise<T>): Promise<T> {
    const onSocket = (message: unknown): void => {
      if (this.#context.getStore()) this.#sockets.add((message as { socket: Socket }).socket);
    };
    subscribe(CHANNEL, onSocket);
    try {
      return await this.#context.run(true, connect);
    } finally {
      unsubscribe(CHANNEL, onSocket);
    }
  }

  /** Bytes received so far: when it stands still, the server is silent. */
  get bytesRead(): number {
    let sum = 0;
    for (const socket of this.#sockets) sum += socket.bytesRead;
    return sum;
  }

  /**
   * Cuts the connection under the driver, which may be waiting on it for ever. It must look like an error: of a socket that
   * just closes the driver does not take note, and when it later collects the connection it writes to the closed socket
   * and throws where nobody can catch it, which ends the process.
   */
  destroy(): void {
    for (const socket of this.#sockets) {
      if (socket.destroyed) continue;
      socket.once("error", ignore);
      socket.destroy(new Error("the connection to Oracle was given up"));
    }
  }
}

function ignore(): void {
  // The reason is known: it is ours.
}
