import { CHARSET } from "./negotiate.ts";
import { type OracleType, Wire } from "./types.ts";
import type { MessageWriter } from "./wire/writer.ts";

/** One column of a result, as the client is told of it. */
export interface ResultColumn {
  name: string;
  type: OracleType;
  nullable: boolean;
}

/** Describes the columns of a result (message 16). */
export function writeDescribe(writer: MessageWriter, columns: readonly ResultColumn[]): void {
  writer.u8(16).u8(0);
  writer.ub(columns.reduce((sum, column) => sum + Math.max(1, column.type.bytes), 0));
  writer.ub(columns.length);
  if (columns.length > 0) writer.u8(1);
  for (const [index, column] of columns.entries()) writeColumn(writer, column, index + 1);
  writer.ub(0).ub(0).ub(0).ub(0).ub(0).ub(0);
}

function writeColumn(writer: MessageWriter, { name, type, nullable }: ResultColumn, position: number): void {
  const isLong = type.wire === Wire.long || type.wire === Wire.longRaw;
  writer.u8(type.wire).u8(0);
  writer.u8(describedPrecision(type) & 255).u8(describedScale(type) & 255);
  // A size of 0 makes the client skip the value without reading it: only a LONG may have it.
  writer.ub(isLong ? 0 : Math.max(1, type.bytes));
  writer.ub(0).ub(0).ub(0).ub(0);
  writer.ub(type.form === 0 ? 0 : type.form === 2 ? CHARSET.utf16 : CHARSET.utf8);
  writer
    .u8(type.form)
    .ub(type.length ?? 0)
    .ub(0);
  writer.u8(nullable ? 1 : 0).u8(Math.min(255, Buffer.byteLength(name)));
  writer.text(name).text("").text("").ub(position).ub(0);
}

/** An INTEGER has no precision in the dictionary and is described with the largest. */
function describedPrecision(type: OracleType): number {
  return type.precision ?? (type.wire === Wire.number && type.scale === 0 ? 38 : 0);
}

/** Oracle writes -127 for "no scale": a plain NUMBER and a FLOAT. */
function describedScale(type: OracleType): number {
  return type.scale ?? (type.wire === Wire.number ? -127 : 0);
}
