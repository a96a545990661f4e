import type { Socket } from "node:net";
import { oracleError } from "./errors.ts";
import { writeEnd } from "./messages.ts";
import {
  acceptPacket,
  type ConnectRequest,
  descriptorValue,
  encryptionDemanded,
  readConnect,
  refusePacket,
} from "./negotiate.ts";
import type { ServerState } from "./server.ts";
import { Session } from "./session.ts";
import {
  dataPackets,
  FLAG_END_OF_REQUEST,
  FLAG_EOF,
  Marker,
  markerPacket,
  type Packet,
  PacketReader,
  PacketType,
} from "./wire/packets.ts";
import { MessageWriter } from "./wire/writer.ts";

/** One socket: packets, connecting, requests one after the other, and breaks. What is asked goes to a `Session`. */
export class Connection {
  readonly #socket: Socket;
  readonly #server: ServerState;
  readonly #reader = new PacketReader();
  #stage: "connect" | "descriptor" | "encryption" | "session" = "connect";
  #connect: ConnectRequest | undefined;
  #session: Session | undefined;
  #request: Buffer[] = [];
  #running: Promise<void> = Promise.resolve();
  #abort = new AbortController();
  #breaking = false;

  constructor(socket: Socket, server: ServerState) {
    this.#socket = socket;
    this.#server = server;
    socket.setNoDelay(true);
    socket.on("error", (error) => server.log("socket error", { error: error.message }));
    socket.on("close", () => this.#ended());
    const { closeAtConnect, mute } = server.faults.current;
    if (closeAtConnect) {
      server.faults.struck();
      socket.destroy();
    } else if (mute === "listener") {
      socket.resume();
    } else {
      socket.on("data", (chunk: Buffer) => this.#data(chunk));
    }
  }

  /** Resolves when nothing of this connection runs any more. */
  async close(): Promise<void> {
    this.#socket.destroy();
    this.#ended();
    await this.#running;
  }

  #ended(): void {
    this.#abort.abort(oracleError(1013));
    const session = this.#session;
    this.#session = undefined;
    if (session) this.#running = this.#running.then(() => session.close());
  }

  #data(chunk: Buffer): void {
    try {
      for (const packet of this.#reader.push(chunk)) this.#packet(packet);
    } catch (error) {
      this.#server.log("bad packet", { error: String(error) });
      this.#socket.destroy();
    }
  }

  #packet({ type, body }: Packet): void {
    if (type === PacketType.marker) {
      this.#marker(body[2] ?? 0);
    } else if (type === PacketType.connect && this.#stage === "connect") {
      this.#connect = readConnect(body);
      if (this.#connect.descriptor === undefined) this.#stage = "descriptor";
      else this.#answerConnect(this.#connect.descriptor);
    } else if (type === PacketType.data) {
      this.#dataPacket(body.readUInt16BE(0), body.subarray(2));
    }
  }

  #dataPacket(flags: number, payload: Buffer): void {
    if (this.#stage === "descriptor") {
      this.#answerConnect(payload.toString("utf8"));
    } else if (this.#stage === "encryption") {
      this.#server.faults.struck();
      this.#socket.end(dataPackets(encryptionDemanded(), this.#connect?.sdu ?? 8192));
    } else if (flags & FLAG_EOF) {
      this.#socket.end();
    } else if (!this.#breaking) {
      this.#request.push(payload);
      if (flags & FLAG_END_OF_REQUEST) {
        const request = this.#request.length === 1 ? payload : Buffer.concat(this.#request);
        this.#request = [];
        this.#running = this.#running.then(() => this.#answer(request));
      }
    }
  }

  #answerConnect(descriptor: string): void {
    const { faults, log } = this.#server;
    const service = descriptorValue(descriptor, "SERVICE_NAME");
    const sid = descriptorValue(descriptor, "SID");
    const code = faults.current.refuse ?? this.#server.refusal(service, sid);
    if (code !== undefined) {
      if (faults.current.refuse !== undefined) faults.struck();
      log("refused", { code, service, sid });
      this.#socket.end(refusePacket(code));
      return;
    }
    const sdu = this.#connect?.sdu ?? 8192;
    const demand = faults.current.demandEncryption === true;
    this.#stage = demand ? "encryption" : "session";
    this.#session = new Session(this.#server, service ?? sid ?? "");
    this.#socket.write(acceptPacket(sdu, demand));
    this.#reader.large = true;
  }

  async #answer(request: Buffer): Promise<void> {
    const session = this.#session;
    if (!session || this.#server.faults.current.mute === "session") return;
    this.#abort = new AbortController();
    const { signal } = this.#abort;
    try {
      const { message, cut, close } = await session.handle(request, signal);
      if (signal.aborted) return;
      const packets = dataPackets(message, this.#connect?.sdu ?? 8192);
      if (cut) {
        // The last packet is left half done, as when a line breaks.
        this.#server.log("cut by a fault", {});
        this.#socket.write(packets.subarray(0, packets.length - Math.min(8, packets.length)), () =>
          this.#socket.destroy(),
        );
      } else if (close) {
        this.#socket.end(packets);
      } else {
        this.#socket.write(packets);
        session.prepareNext();
      }
    } catch (error) {
      if (signal.aborted) return;
      this.#server.log("request not understood", { error: String(error) });
      this.#socket.destroy();
    }
  }

  /** A break from the client: the running call stops, then both sides agree that the line is clear. */
  #marker(kind: number): void {
    if (this.#server.faults.current.mute === "session" || this.#stage !== "session") return;
    if (kind !== Marker.reset) {
      this.#breaking = true;
      this.#request = [];
      this.#abort.abort(oracleError(1013));
      this.#socket.write(markerPacket(Marker.break));
      return;
    }
    this.#running = this.#running.then(() => {
      this.#breaking = false;
      this.#request = [];
      const writer = new MessageWriter();
      writeEnd(writer, {
        error: oracleError(1013),
        cursor: 0,
        rows: 0,
        transaction: this.#session?.inTransaction ?? false,
      });
      const answer = dataPackets(writer.view(), this.#connect?.sdu ?? 8192);
      this.#socket.write(Buffer.concat([markerPacket(Marker.reset), answer]));
    });
  }
}
