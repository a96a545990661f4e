import { createHash } from "node:crypto";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { Duplex } from "node:stream";

/** RFC 6455, section 1.3. */
const WEBSOCKET_GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
const TEXT = 1;
const CLOSE = 8;
const PING = 9;
const PONG = 10;

export type Message = Record<string, unknown>;

/** One socket that a client has opened. */
export interface FakeSocket {
  send(message: Message | string): void;
  close(code: number, reason: string): void;
}

export interface FakeChannelServer {
  /** The value of PREFECT_API_URL. */
  readonly url: string;
  close(): Promise<void>;
}

/**
 * A server that answers sockets as the test says, for what no genuine server says on demand. It grants the
 * authentication by itself; `onMessage` gets what follows.
 */
export async function startFakeChannelServer(
  onMessage: (message: Message, socket: FakeSocket) => void,
): Promise<FakeChannelServer> {
  const server = createServer();
  const open = new Set<Duplex>();
  server.on("upgrade", (request, socket: Duplex) => {
    open.add(socket);
    socket.once("close", () => open.delete(socket));
    socket.on("error", () => socket.destroy());
    const key = `${request.headers["sec-websocket-key"]}${WEBSOCKET_GUID}`;
    socket.write(
      "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n" +
        `Sec-WebSocket-Accept: ${createHash("sha1").update(key).digest("base64")}\r\n` +
        "Sec-WebSocket-Protocol: prefect\r\n\r\n",
    );
    const fake: FakeSocket = {
      send: (message) =>
        socket.write(
          encode(TEXT, Buffer.from(typeof message === "string" ? message : JSON.stringify(message))),
        ),
      close: (code, reason) => {
        const body = Buffer.concat([Buffer.from([code >> 8, code & 0xff]), Buffer.from(reason)]);
        socket.end(encode(CLOSE, body));
      },
    };
    let rest = Buffer.alloc(0);
    socket.on("data", (chunk: Buffer) => {
      rest = Buffer.concat([rest, chunk]);
      for (let frame = decode(rest); frame !== undefined; frame = decode(rest)) {
        rest = rest.subarray(frame.size);
        if (frame.opcode === PING) socket.write(encode(PONG, frame.body));
        else if (frame.opcode === CLOSE) socket.end(encode(CLOSE, frame.body));
        else if (frame.opcode === TEXT) {
          const message = JSON.parse(frame.body.toString()) as Message;
          if (message.type === "auth") fake.send({ type: "auth_success" });
          else onMessage(message, fake);
        }
      }
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/api`,
    close: async () => {
      const closed = once(server, "close");
      server.close();
      for (const socket of open) socket.destroy();
      await closed;
    },
  };
}

/** A whole frame of the server's: not masked. Bodies of tests are below 64 KiB. */
function encode(opcode: number, body: Buffer): Buffer {
  const length = body.length < 126 ? [body.length] : [126, body.length >> 8, body.length & 0xff];
  return Buffer.concat([Buffer.from([0x80 | opcode, ...length]), body]);
}

/** The first frame of a client's bytes, unmasked; undefined while it is not there as a whole. */
function decode(bytes: Buffer): { opcode: number; body: Buffer; size: number } | undefined {
  if (bytes.length < 2) return undefined;
  const short = bytes.readUInt8(1) & 0x7f;
  const wide = short === 126 ? 2 : 0;
  if (bytes.length < 6 + wide) return undefined;
  const length = wide > 0 ? bytes.readUInt16BE(2) : short;
  const start = 6 + wide;
  if (bytes.length < start + length) return undefined;
  const mask = bytes.subarray(start - 4, start);
  const body = Buffer.from(
    bytes.subarray(start, start + length).map((byte, at) => byte ^ (mask[at % 4] ?? 0)),
  );
  return { opcode: bytes.readUInt8(0) & 0x0f, body, size: start + length };
}
