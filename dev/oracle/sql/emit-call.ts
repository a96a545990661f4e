import { OracleError } from "../errors.ts";
import type { Expr } from "./ast.ts";
import { emitExpr, emitOrder, value } from "./emit-expression.ts";
import type { Emitter } from "./emit-query.ts";
import { FUNCTIONS, type ResultKind } from "./functions.ts";
import { BYTES, CLOB, DATE, NUMBER, TEXT, TIMESTAMP, widened } from "./result-types.ts";
import type { Emitted, Scope } from "./scope.ts";

type Call = Extract<Expr, { k: "call" }>;

/** Functions that SQLite has under the same name. */
const NATIVE: Record<string, "number" | "first"> = {
  COUNT: "number",
  MIN: "first",
  MAX: "first",
  ROW_NUMBER: "number",
  RANK: "number",
  DENSE_RANK: "number",
  NTILE: "number",
  LAG: "first",
  LEAD: "first",
  FIRST_VALUE: "first",
  LAST_VALUE: "first",
  COALESCE: "first",
  NULLIF: "first",
};

/** Writes a function call. Throws ORA-00904 for a function that the stand-in does not have. */
export function emitCall(call: Call, scope: Scope, emitter: Emitter): Emitted {
  const args = call.args.map((arg) => emitExpr(arg, scope, emitter));
  const list = args.map(({ sql }) => sql).join(", ");
  const name = call.name.replace(/^SYS\./, "");
  switch (name) {
    case "SUM":
    case "AVG":
      return value(
        `${call.over ? "" : "ORA_"}${name}(${call.distinct ? "DISTINCT " : ""}${list})${over(call, scope, emitter)}`,
        NUMBER,
      );
    case "LISTAGG": {
      const order = call.within
        ? ` ORDER BY ${emitOrder(call.within, (one) => emitExpr(one, scope, emitter))}`
        : "";
      return value(`GROUP_CONCAT(${args[0]?.sql ?? "NULL"}, ${args[1]?.sql ?? "''"}${order})`, TEXT);
    }
    case "NVL":
      return value(`COALESCE(${list})`, widened(args.map(({ type }) => type)), args[1]?.nullable ?? true);
    case "NVL2":
      return value(
        `CASE WHEN ${args[0]?.sql} IS NOT NULL THEN ${args[1]?.sql} ELSE ${args[2]?.sql} END`,
        widened(args.slice(1).map(({ type }) => type)),
      );
    case "DECODE":
      return emitDecode(args);
    default:
  }
  const native = NATIVE[name];
  if (native) {
    const inside = call.star ? "*" : `${call.distinct ? "DISTINCT " : ""}${list}`;
    const type =
      native === "number"
        ? NUMBER
        : name === "COALESCE"
          ? widened(args.map((arg) => arg.type))
          : args[0]?.type;
    return value(`${name}(${inside})${over(call, scope, emitter)}`, type, name !== "COUNT");
  }
  const known = FUNCTIONS[name];
  if (!known) throw new OracleError(904, `"${call.name}": invalid identifier`, call.at);
  return value(`ORA_${name.replaceAll(".", "_")}(${list})`, resultType(known.gives, args));
}

function resultType(kind: ResultKind, args: readonly Emitted[]): Emitted["type"] {
  switch (kind) {
    case "number":
      return NUMBER;
    case "text":
      return TEXT;
    case "date":
      return DATE;
    case "timestamp":
      return TIMESTAMP;
    case "bytes":
      return BYTES;
    case "clob":
      return CLOB;
    case "first":
      return args[0]?.type;
    case "widest":
      return widened(args.map(({ type }) => type));
  }
}

/** DECODE counts two nulls as equal, like SQLite's IS. */
function emitDecode(args: readonly Emitted[]): Emitted {
  const [subject, ...rest] = args;
  let sql = "CASE";
  const results: Emitted["type"][] = [];
  let at = 0;
  for (; at + 1 < rest.length; at += 2) {
    sql += ` WHEN ${subject?.sql} IS ${rest[at]?.sql} THEN ${rest[at + 1]?.sql}`;
    results.push(rest[at + 1]?.type);
  }
  const otherwise = rest[at];
  if (otherwise) results.push(otherwise.type);
  return value(`${sql}${otherwise ? ` ELSE ${otherwise.sql}` : ""} END`, widened(results));
}

function over(call: Call, scope: Scope, emitter: Emitter): string {
  if (!call.over) return "";
  const { partition, order, frame } = call.over;
  const emit = (one: Expr): Emitted => emitExpr(one, scope, emitter);
  const parts = [
    partition.length > 0 ? `PARTITION BY ${partition.map((one) => emit(one).sql).join(", ")}` : "",
    order.length > 0 ? `ORDER BY ${emitOrder(order, emit)}` : "",
    frame,
  ];
  return ` OVER (${parts.filter((part) => part !== "").join(" ")})`;
}
