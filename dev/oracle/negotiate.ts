import { PacketType, smallPacket } from "./wire/packets.ts";
import { MessageWriter } from "./wire/writer.ts";

/** The field version that this server speaks: that of Oracle 19c. It decides which fields messages have. */
export const FIELD_VERSION = 12;
const TNS_VERSION = 315;
const TDU = 2_097_152;
const DEFAULT_SDU = 8192;
const CHARSET = { utf8: 873, utf16: 2000 } as const;

export { CHARSET };

/** What a client asks for in its CONNECT packet. */
export interface ConnectRequest {
  version: number;
  sdu: number;
  /** The connect descriptor; undefined when it follows in a packet of its own. */
  descriptor: string | undefined;
}

/** Reads the body of a CONNECT packet. */
export function readConnect(body: Buffer): ConnectRequest {
  const at = (offset: number): number => offset - 8;
  const version = body.readUInt16BE(at(8));
  const length = body.readUInt16BE(at(24));
  const start = at(body.readUInt16BE(at(26)));
  const sdu = version >= 315 && body.length >= at(62) ? body.readUInt32BE(at(58)) : body.readUInt16BE(at(14));
  const inside = start + length <= body.length && length > 0;
  return {
    version,
    sdu: sdu < 512 || sdu > TDU ? DEFAULT_SDU : sdu,
    descriptor: inside ? body.toString("utf8", start, start + length) : undefined,
  };
}

/** The value of a key in a connect descriptor, such as `SERVICE_NAME`; undefined when it is not there. */
export function descriptorValue(descriptor: string, key: string): string | undefined {
  return new RegExp(`\\(\\s*${key}\\s*=\\s*([^()]*?)\\s*\\)`, "i").exec(descriptor)?.[1];
}

/** The ACCEPT packet. With `encryption`, it asks for the exchange in which encryption is demanded. */
export function acceptPacket(sdu: number, encryption: boolean): Buffer {
  const body = Buffer.alloc(33);
  const at = (offset: number): number => offset - 8;
  body.writeUInt16BE(TNS_VERSION, at(8));
  body.writeUInt16BE(Math.min(sdu, 65_535), at(12));
  body.writeUInt16BE(65_535, at(14));
  body.writeUInt16BE(1, at(16));
  body.writeUInt16BE(body.length + 8, at(20));
  if (encryption) body[at(23)] = 0x10;
  else body.set([0x04, 0x08], at(22));
  body.writeUInt32BE(sdu, at(32));
  body.writeUInt32BE(TDU, at(36));
  return smallPacket(PacketType.accept, body);
}

/** The REFUSE packet for an ORA code. */
export function refusePacket(code: number): Buffer {
  const text = `(DESCRIPTION=(TMP=)(VSNNUM=318767104)(ERR=${code})(ERROR_STACK=(ERROR=(CODE=${code})(EMFI=4))))`;
  const body = Buffer.alloc(4 + text.length);
  body.writeUInt8(34, 0);
  body.writeUInt16BE(text.length, 2);
  body.write(text, 4, "latin1");
  return smallPacket(PacketType.refuse, body);
}

/** The answer to the exchange of network services: its first service fails with ORA-12660. */
export function encryptionDemanded(): Buffer {
  const message = new MessageWriter();
  message.raw([0xde, 0xad, 0xbe, 0xef]).u16(21).raw([0x13, 0, 0, 0]).u16(1).u8(0);
  message.u16(4).u16(0).u16(0).u16(12_660);
  return message.view();
}

/** The answer to the protocol message: banner, character sets, capabilities. */
export function protocolReply(writer: MessageWriter): void {
  writer.u8(1).u8(6).u8(0);
  writer.raw(Buffer.from("prefect-ts Oracle stand-in, not an Oracle\0", "latin1"));
  writer.u16le(CHARSET.utf8).u8(1).u16le(0);
  const formats = Buffer.alloc(11);
  formats.writeUInt16BE(CHARSET.utf16, 9);
  writer.u16(formats.length).raw(formats);
  const compile = Buffer.alloc(8);
  compile[7] = FIELD_VERSION;
  const runtime = Buffer.alloc(7);
  runtime[1] = 0x01;
  runtime[6] = 0x04;
  writer.bytes(compile).bytes(runtime);
}

/** The answer to the data types message: the database's time zone (+00:00) and no conversions. */
export function dataTypesReply(writer: MessageWriter): void {
  writer.u8(2).raw([0x80, 0, 0, 0, 60, 60, 60, 0x80, 0, 0, 0]).u16(0);
}
