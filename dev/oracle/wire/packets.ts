/** TNS packet types that this server reads or writes. */
export const PacketType = {
  connect: 1,
  accept: 2,
  refuse: 4,
  data: 6,
  marker: 12,
} as const;

/** Kinds of marker: byte 10 of a MARKER packet. */
export const Marker = { break: 1, reset: 2, interrupt: 3 } as const;

/** Set by the client on the last DATA packet of a request. */
export const FLAG_END_OF_REQUEST = 0x0800;
/** Set by the client on the DATA packet that ends the connection. */
export const FLAG_EOF = 0x0040;

const HEADER = 8;
const DATA_HEADER = 10;

/** One packet as it came: `body` starts after the eight bytes of the header. */
export interface Packet {
  type: number;
  body: Buffer;
}

/**
 * Cuts the bytes of a socket into TNS packets. The length field has two bytes until the connection is
 * accepted and four afterwards: set `large` then.
 */
export class PacketReader {
  large = false;
  #held: Buffer[] = [];
  #size = 0;
  #needed = HEADER;

  /** Takes the next bytes from the socket and returns the packets that are now complete. */
  push(chunk: Buffer): Packet[] {
    this.#held.push(chunk);
    this.#size += chunk.length;
    const packets: Packet[] = [];
    for (;;) {
      // A long request comes in many pieces: they are joined once, when the packet is complete.
      if (this.#size < this.#needed) return packets;
      const head = this.#joined();
      const length = this.large ? head.readUInt32BE(0) : head.readUInt16BE(0);
      if (length < HEADER)
        throw new Error(`A TNS packet says it is ${length} bytes long: it needs at least ${HEADER}.`);
      if (this.#size < length) {
        this.#needed = length;
        return packets;
      }
      packets.push({ type: head.readUInt8(4), body: head.subarray(HEADER, length) });
      this.#held = [head.subarray(length)];
      this.#size = head.length - length;
      this.#needed = HEADER;
    }
  }

  #joined(): Buffer {
    const first = this.#held[0];
    if (first !== undefined && this.#held.length === 1) return first;
    const joined = Buffer.concat(this.#held, this.#size);
    this.#held = [joined];
    return joined;
  }
}

/** A whole packet with a two-byte length: the form before and including ACCEPT. */
export function smallPacket(type: number, body: Buffer): Buffer {
  const packet = Buffer.alloc(HEADER + body.length);
  packet.writeUInt16BE(packet.length, 0);
  packet.writeUInt8(type, 4);
  body.copy(packet, HEADER);
  return packet;
}

/** A MARKER packet, after ACCEPT. */
export function markerPacket(kind: number): Buffer {
  const packet = Buffer.alloc(HEADER + 3);
  packet.writeUInt32BE(packet.length, 0);
  packet.writeUInt8(PacketType.marker, 4);
  packet.set([1, 0, kind], HEADER);
  return packet;
}

/** An answer of any length as DATA packets of at most `sdu` bytes each, ready for one write. */
export function dataPackets(message: Buffer, sdu: number): Buffer {
  const room = sdu - DATA_HEADER;
  const count = Math.max(1, Math.ceil(message.length / room));
  const out = Buffer.allocUnsafe(message.length + count * DATA_HEADER);
  let at = 0;
  for (let part = 0; part < count; part++) {
    const start = part * room;
    const length = Math.min(room, message.length - start);
    out.writeUInt32BE(length + DATA_HEADER, at);
    out.writeUInt32BE(PacketType.data << 24, at + 4);
    out.writeUInt16BE(0, at + 8);
    message.copy(out, at + DATA_HEADER, start, start + length);
    at += length + DATA_HEADER;
  }
  return out;
}
