import type { AuthPair } from "./auth.ts";
import type { OracleError } from "./errors.ts";
import type { MessageWriter } from "./wire/writer.ts";

/** First byte of each message of a request. */
export const Message = { protocol: 1, dataTypes: 2, function: 3, piggyback: 17 } as const;

/** Function codes of requests and piggybacks. */
export const Fn = {
  reexecute: 4,
  fetch: 5,
  logoff: 9,
  commit: 14,
  rollback: 15,
  reexecuteAndFetch: 78,
  execute: 94,
  lob: 96,
  closeCursors: 105,
  authPhaseTwo: 115,
  authPhaseOne: 118,
  cancelCursors: 120,
  endToEnd: 135,
  ping: 147,
  setSchema: 152,
} as const;

const TRANSACTION_OPEN = 0x02;

function callStatus(transaction: boolean): number {
  return transaction ? TRANSACTION_OPEN : 0;
}

/** Ends an answer that has no error message of its own. */
export function writeStatus(writer: MessageWriter, transaction: boolean): void {
  writer.u8(9).ub(callStatus(transaction)).ub(0);
}

/** Login pairs, or any other answer of keys and values. */
export function writePairs(writer: MessageWriter, pairs: readonly AuthPair[]): void {
  writer.u8(8).ub(pairs.length);
  for (const { key, value, flag } of pairs) writer.text(key).text(value).ub(flag);
}

/** How a call ended: `writeEnd` tells it to the client. */
export interface End {
  /** Undefined when all went well. 1403 is the end of the rows. */
  error?: OracleError | undefined;
  cursor: number;
  rows: number;
  transaction: boolean;
  /** The rows of an executeMany that failed, with their places from 0. */
  batchErrors?: readonly { offset: number; error: OracleError }[] | undefined;
}

/** Ends the answer to an execute or a fetch. */
export function writeEnd(writer: MessageWriter, end: End): void {
  const { error, batchErrors = [] } = end;
  writer.u8(4).ub(callStatus(end.transaction)).ub(0).ub(0).ub(0).ub(0).ub(0).ub(end.cursor);
  writer.ub(error?.offset ?? 0);
  writer.zeros(6);
  writer.zeros(5); // row id
  writer.zeros(5); // operating system error, statement, call, padding, iterations
  writer.ub(0);
  writer.ub(batchErrors.length);
  if (batchErrors.length > 0) {
    writer.u8(batchErrors.length & 0x7f);
    for (const one of batchErrors) writer.ub(one.error.code);
  }
  writer.ub(batchErrors.length);
  if (batchErrors.length > 0) {
    writer.u8(batchErrors.length & 0x7f);
    for (const one of batchErrors) writer.ub(one.offset);
  }
  writer.ub(batchErrors.length);
  if (batchErrors.length > 0) {
    writer.u8(0);
    for (const one of batchErrors) writer.ub(one.error.message.length).string(one.error.message).zeros(2);
  }
  writer.ub(error?.code ?? 0).ub(end.rows);
  if (error) writer.string(`${error.message}\n`);
}

/** Stands once in front of the rows of an answer. */
export function writeRowHeader(writer: MessageWriter): void {
  writer.u8(6).zeros(7);
}
