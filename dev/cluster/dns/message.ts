/** A question of a DNS message: a name without its last dot, in lower case, and the type of record (1 is A). */
export interface Question {
  readonly name: string;
  readonly type: number;
  /** Where the question ends in the message. */
  readonly end: number;
}

const HEADER = 12;
const TTL_SECONDS = 1;

/** Reads the first question (RFC 1035, 4.1). @throws RangeError for a message that is cut off */
export function readQuestion(message: Buffer): Question {
  const labels: string[] = [];
  let at = HEADER;
  for (let length = message.readUInt8(at); length > 0; length = message.readUInt8(at)) {
    labels.push(message.toString("latin1", at + 1, at + 1 + length));
    at += 1 + length;
  }
  return { name: labels.join(".").toLowerCase(), type: message.readUInt16BE(at + 1), end: at + 5 };
}

/**
 * Answers a question with IPv4 addresses.
 * @param addresses  none: the name has no such record; undefined: there is no such name
 */
export function answerTo(
  message: Buffer,
  question: Question,
  addresses: readonly string[] | undefined,
): Buffer {
  const header = Buffer.alloc(HEADER);
  message.copy(header, 0, 0, 2);
  // A response, with authority, and recursion where it was asked for; 3 is "no such name".
  header.writeUInt16BE(0x8480 | (message.readUInt16BE(2) & 0x0100) | (addresses === undefined ? 3 : 0), 2);
  header.writeUInt16BE(1, 4);
  header.writeUInt16BE(addresses?.length ?? 0, 6);
  const records = (addresses ?? []).map((address) => {
    const record = Buffer.alloc(16);
    record.writeUInt16BE(0xc000 | HEADER, 0);
    record.writeUInt16BE(1, 2);
    record.writeUInt16BE(1, 4);
    record.writeUInt32BE(TTL_SECONDS, 6);
    record.writeUInt16BE(4, 10);
    Buffer.from(address.split(".").map(Number)).copy(record, 12);
    return record;
  });
  return Buffer.concat([header, message.subarray(HEADER, question.end), ...records]);
}
