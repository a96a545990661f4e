import type { BindValues } from "./cursors.ts";
import { OracleError } from "./errors.ts";
import type { VariableType } from "./execute.ts";
import type { SessionData } from "./session-data.ts";
import { tokenize } from "./sql/lexer.ts";
import type { PlsqlStep } from "./sql/plsql.ts";
import { translate } from "./sql/translate.ts";
import { type OracleType, parseType, Wire } from "./types.ts";
import { encoderFor, type Stored } from "./values/encode.ts";
import type { LobStore } from "./values/lob.ts";
import type { MessageWriter } from "./wire/writer.ts";

const OUT = 16;
const IN = 32;
const ROW = 7;
const IO_VECTOR = 11;

/**
 * Runs an anonymous block. `values` has the bind values by their place among `binds`; assigned ones are
 * changed in it. Returns the places of those that were assigned.
 */
export async function runBlock(
  steps: readonly PlsqlStep[],
  binds: readonly string[],
  values: BindValues,
  data: SessionData,
  signal: AbortSignal,
): Promise<Set<number>> {
  const assigned = new Set<number>();
  for (const step of steps) {
    const sql = "sql" in step ? step.sql : `SELECT ${step.expression} FROM DUAL`;
    const translation = translate(sql, data.catalog, data.schema);
    if (translation.kind === "end") {
      if (translation.commit) data.commit();
      else data.rollback();
      continue;
    }
    if (translation.kind !== "query" && translation.kind !== "dml")
      throw new OracleError(6550, `PLS-00103: not in a block: ${sql}`);
    const own: BindValues = {};
    const names = tokenize(sql).filter(({ kind }) => kind === "bind");
    for (const [index, { value }] of names.entries())
      own[`b${index + 1}`] = values[`b${binds.indexOf(value) + 1}`] ?? null;
    if (translation.kind === "dml") await data.begin(signal);
    const statement = data.connection.prepare(translation.sql);
    statement.setAllowUnknownNamedParameters(true);
    if ("sql" in step) {
      statement.run(own);
      continue;
    }
    statement.setReturnArrays(true);
    const [result = null] = (statement.get(own) ?? []) as unknown as Stored[];
    const place = binds.indexOf(step.assign);
    values[`b${place + 1}`] = result;
    assigned.add(place);
  }
  return assigned;
}

/** Tells the client which binds are out, and their values. */
export function writeOutBinds(
  writer: MessageWriter,
  types: readonly VariableType[],
  assigned: ReadonlySet<number>,
  values: BindValues,
  lobs: LobStore,
): void {
  if (types.length === 0) return;
  writer
    .u8(IO_VECTOR)
    .u8(0)
    .ub(types.length % 256)
    .ub(types.length >> 8)
    .ub(0)
    .ub(0)
    .ub(0)
    .ub(0);
  for (const index of types.keys()) writer.u8(assigned.has(index) ? OUT : IN);
  if (assigned.size === 0) return;
  writer.u8(ROW);
  for (const [index, type] of types.entries()) {
    if (!assigned.has(index)) continue;
    encoderFor(outType(type), lobs)(writer, values[`b${index + 1}`] ?? null);
    writer.u8(0);
  }
}

function outType(type: VariableType): OracleType {
  const names: Record<number, string> = {
    [Wire.number]: "NUMBER",
    [Wire.date]: "DATE",
    [Wire.timestamp]: "TIMESTAMP(9)",
    [Wire.timestampLtz]: "TIMESTAMP(9) WITH LOCAL TIME ZONE",
    [Wire.timestampTz]: "TIMESTAMP(9) WITH TIME ZONE",
    [Wire.raw]: "RAW(32767)",
    [Wire.clob]: "CLOB",
    [Wire.blob]: "BLOB",
  };
  return parseType(names[type.wire] ?? (type.form === 2 ? "NVARCHAR2(16383)" : "VARCHAR2(32767)"));
}
