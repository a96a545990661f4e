import type { MessageReader } from "./wire/reader.ts";

/** Option bits of an EXECUTE request. */
export const Option = {
  parse: 0x01,
  bind: 0x08,
  define: 0x10,
  execute: 0x20,
  fetch: 0x40,
  commit: 0x100,
  describeOnly: 0x20000,
  batchErrors: 0x80000,
} as const;

const MAX_INLINE = 32_767;
const DML_ROW_COUNTS = 0x4000;

/** What the client says of one bind variable, or of one column it defines. */
export interface VariableType {
  wire: number;
  form: number;
  maxSize: number;
  isArray: boolean;
}

/** One value as it came: bytes, null, or for an array bind the list of its elements. */
export type RawValue = Buffer | null | readonly (Buffer | null)[];

/** The fields of an EXECUTE request (function 94). */
export interface ExecuteRequest {
  options: number;
  cursor: number;
  /** Undefined when the statement of the cursor is to be used. */
  sql: string | undefined;
  /** How many rows to send at once. */
  prefetch: number;
  executions: number;
  isQuery: boolean;
  dmlRowCounts: boolean;
  binds: VariableType[];
  defines: VariableType[];
}

/** Reads everything up to the bind values, which `readRows` reads. */
export function readExecute(reader: MessageReader): ExecuteRequest {
  const options = reader.ub();
  const cursor = reader.ub();
  const hasSql = reader.u8() !== 0;
  reader.ub();
  reader.u8();
  const lengthOfList = reader.ub();
  reader.skip(3);
  const prefetch = reader.ub();
  reader.ub();
  const hasBinds = reader.u8() !== 0;
  const bindCount = reader.ub();
  reader.skip(5);
  const hasDefines = reader.u8() !== 0;
  const defineCount = reader.ub();
  reader.ub();
  reader.skip(3);
  reader.ub();
  reader.u8();
  reader.ub();
  reader.ub();
  reader.u8();
  reader.ub();
  reader.u8();
  // Field version 12.2 and later: SQL signature, SQL id, chunk ids.
  reader.u8();
  reader.ub();
  reader.u8();
  reader.ub();
  reader.u8();
  reader.u8();
  reader.ub();
  const sql = hasSql ? (reader.bytes()?.toString("utf8") ?? "") : undefined;
  const list: number[] = [];
  for (let i = 0; i < lengthOfList; i++) list.push(reader.ub());
  const types = (count: number): VariableType[] =>
    Array.from({ length: count }, () => readVariableType(reader));
  const defines = hasDefines ? types(defineCount) : [];
  const binds = hasBinds ? types(bindCount) : [];
  return {
    options,
    cursor,
    sql,
    prefetch,
    executions: list[1] ?? 0,
    isQuery: list[7] === 1,
    dmlRowCounts: ((list[9] ?? 0) & DML_ROW_COUNTS) !== 0,
    binds,
    defines,
  };
}

function readVariableType(reader: MessageReader): VariableType {
  const wire = reader.u8();
  const flags = reader.u8();
  reader.skip(2);
  const maxSize = reader.ub();
  reader.ub();
  reader.ub();
  if (reader.ub() > 0) reader.bytes();
  reader.ub();
  reader.ub();
  const form = reader.u8();
  reader.ub();
  reader.ub();
  return { wire, form, maxSize, isArray: (flags & 0x40) !== 0 };
}

/** Reads `count` rows of bind values. Long values of a row come after all the others, except in PL/SQL. */
export function readRows(
  reader: MessageReader,
  binds: readonly VariableType[],
  count: number,
  plsql: boolean,
): RawValue[][] {
  const rows: RawValue[][] = [];
  if (binds.length === 0) return rows;
  for (let row = 0; row < count && reader.left > 0; row++) {
    reader.u8();
    const values: RawValue[] = new Array(binds.length).fill(null);
    const isLate = (bind: VariableType): boolean => !plsql && !bind.isArray && bind.maxSize > MAX_INLINE;
    for (const [index, bind] of binds.entries()) if (!isLate(bind)) values[index] = readValue(reader, bind);
    for (const [index, bind] of binds.entries()) if (isLate(bind)) values[index] = readValue(reader, bind);
    rows.push(values);
  }
  return rows;
}

function readValue(reader: MessageReader, bind: VariableType): RawValue {
  if (!bind.isArray) return readOne(reader, bind);
  const count = reader.ub();
  return Array.from({ length: count }, () => readOne(reader, bind));
}

const LOB_TYPES = [112, 113, 114];
const CURSOR_TYPE = 102;
const BOOLEAN_TYPE = 252;

function readOne(reader: MessageReader, bind: VariableType): Buffer | null {
  if (LOB_TYPES.includes(bind.wire)) return reader.ub() > 0 ? reader.bytes() : null;
  if (bind.wire === CURSOR_TYPE) {
    reader.skip(2);
    return null;
  }
  if (bind.wire === BOOLEAN_TYPE) {
    const length = reader.u8();
    const bytes = reader.raw(length === 253 ? 1 : length);
    return length === 253 ? null : bytes;
  }
  return reader.bytes();
}
