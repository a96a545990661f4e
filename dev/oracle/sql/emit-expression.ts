import { quoted } from "../database.ts";
import { OracleError } from "../errors.ts";
import { type OracleType, parseType, Wire } from "../types.ts";
import { parseMoment, storedMoment } from "../values/date.ts";
import { parseDecimal, storedNumber } from "../values/number.ts";
import type { Expr, OrderItem } from "./ast.ts";
import { emitCall } from "./emit-call.ts";
import type { Emitter } from "./emit-query.ts";
import { isMoment, NUMBER, TEXT, widened } from "./result-types.ts";
import { type Emitted, findColumn, type Scope } from "./scope.ts";

const ARITHMETIC: Record<string, string> = { "+": "ORA_ADD", "-": "ORA_SUB", "*": "ORA_MUL", "/": "ORA_DIV" };
/** Words that are values: the function behind each, and its type. */
const PSEUDO: Record<string, [string, string]> = {
  SYSDATE: ["ORA_SYSDATE()", "DATE"],
  CURRENT_DATE: ["ORA_CURRENT_DATE()", "DATE"],
  SYSTIMESTAMP: ["ORA_SYSTIMESTAMP()", "TIMESTAMP(6) WITH TIME ZONE"],
  CURRENT_TIMESTAMP: ["ORA_CURRENT_TIMESTAMP()", "TIMESTAMP(6) WITH TIME ZONE"],
  LOCALTIMESTAMP: ["ORA_LOCALTIMESTAMP()", "TIMESTAMP(6)"],
  USER: ["ORA_USER()", "VARCHAR2(128)"],
  UID: ["ORA_UID()", "NUMBER"],
  DBTIMEZONE: ["'+00:00'", "VARCHAR2(6)"],
  SESSIONTIMEZONE: ["ORA_SESSIONTIMEZONE()", "VARCHAR2(75)"],
  ROWNUM: ["ROW_NUMBER() OVER ()", "NUMBER"],
};

/** Writes an expression in SQLite's words. Throws ORA-00904 for a name that is not there, and the like. */
export function emitExpr(expr: Expr, scope: Scope, emitter: Emitter): Emitted {
  const sub = (one: Expr): Emitted => emitExpr(one, scope, emitter);
  const text = (one: Expr): string => sub(one).sql;
  switch (expr.k) {
    case "null":
      return value("NULL", undefined);
    case "text":
      return value(
        literal(expr.value),
        parseType(`CHAR(${Math.max(1, Buffer.byteLength(expr.value))})`),
        false,
      );
    case "number":
      return value(numberLiteral(expr.value), NUMBER, false);
    case "bind":
      return value(`$b${expr.position}`, undefined);
    case "moment":
      return momentLiteral(expr.what, expr.value);
    case "interval":
      return value(intervalDays(expr.value, expr.unit), parseType("INTERVAL DAY TO SECOND"), false);
    case "column":
      return emitColumn(expr, scope);
    case "call":
      return emitCall(expr, scope, emitter);
    case "unary":
      return expr.op === "NOT"
        ? value(`NOT (${text(expr.arg)})`, NUMBER)
        : value(`ORA_SUB(0, ${text(expr.arg)})`, NUMBER);
    case "binary":
      return emitBinary(expr.op, sub(expr.left), sub(expr.right), expr.left, expr.right);
    case "case":
      return emitCase(expr, sub);
    case "cast":
      return emitCast(sub(expr.arg), parseType(expr.type));
    case "in": {
      const left = sub(expr.left);
      const list = Array.isArray(expr.list)
        ? expr.list.map((item) => comparable(sub(item), left, item)).join(", ")
        : emitter.query(expr.list, scope).sql;
      return value(`${left.sql} ${expr.not ? "NOT " : ""}IN (${list})`, NUMBER);
    }
    case "between": {
      const left = sub(expr.left);
      const [low, high] = [expr.low, expr.high].map((one) => comparable(sub(one), left, one));
      return value(`${left.sql} ${expr.not ? "NOT " : ""}BETWEEN ${low} AND ${high}`, NUMBER);
    }
    case "like": {
      const escaped = expr.escape ? ` ESCAPE ${text(expr.escape)}` : "";
      return value(
        `ORA_TEXT(${text(expr.left)}) ${expr.not ? "NOT " : ""}LIKE ${text(expr.pattern)}${escaped}`,
        NUMBER,
      );
    }
    case "isNull":
      return value(`${text(expr.arg)} IS ${expr.not ? "NOT " : ""}NULL`, NUMBER);
    case "exists":
      return value(`EXISTS (${emitter.query(expr.query, scope).sql})`, NUMBER);
    case "subquery": {
      const query = emitter.query(expr.query, scope);
      return value(`(${query.sql})`, query.columns[0]?.type);
    }
    case "row":
      return value(`(${expr.items.map(text).join(", ")})`, undefined);
    case "extract":
      return value(`ORA_EXTRACT(${literal(expr.field)}, ${text(expr.arg)})`, NUMBER);
    case "trim": {
      const chars = expr.chars ? text(expr.chars) : "' '";
      return value(`ORA_TRIM(${literal(expr.where)}, ${chars}, ${text(expr.arg)})`, TEXT);
    }
  }
}

export function value(sql: string, type: OracleType | undefined, nullable = true): Emitted {
  return { sql, type, nullable };
}

/** A text in single quotes. */
export function literal(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

/** ORDER BY items. Oracle sorts nulls last when ascending and first when descending; SQLite does the opposite. */
export function emitOrder(items: readonly OrderItem[], emit: (expr: Expr) => Emitted): string {
  return items
    .map(({ expr, desc, nulls }) => {
      const { sql, nullable } = emit(expr);
      const where = nullable || nulls ? ` NULLS ${nulls ?? (desc ? "FIRST" : "LAST")}` : "";
      return `${sql}${desc ? " DESC" : ""}${where}`;
    })
    .join(", ");
}

function numberLiteral(text: string): string {
  const decimal = parseDecimal(text);
  const stored = decimal ? storedNumber(decimal) : 0;
  return typeof stored === "number" ? String(stored) : literal(stored);
}

function momentLiteral(what: "DATE" | "TIMESTAMP", text: string): Emitted {
  const moment = parseMoment(text.trim());
  if (!moment) throw new OracleError(1861, "literal does not match format string");
  const kept = storedMoment(
    what === "DATE" ? { ...moment, hour: 0, minute: 0, second: 0, nanos: 0 } : moment,
  );
  return value(literal(kept), parseType(what === "DATE" ? "DATE" : "TIMESTAMP(9)"), false);
}

/** An interval as a number of days, which is what date arithmetic here counts in. */
function intervalDays(text: string, unit: string): string {
  const days: Record<string, number> = { DAY: 1, HOUR: 1 / 24, MINUTE: 1 / 1440, SECOND: 1 / 86_400 };
  const factor = days[unit];
  if (factor === undefined || !/^-?\d+(\.\d+)?$/.test(text.trim())) {
    throw new OracleError(
      3001,
      `unimplemented feature: INTERVAL '${text}' ${unit} is not part of the stand-in`,
    );
  }
  return String(Number(text) * factor);
}

function emitColumn(expr: Extract<Expr, { k: "column" }>, scope: Scope): Emitted {
  const found = findColumn(expr.path, scope, expr.at);
  if (found) return found;
  const [name = ""] = expr.path;
  const pseudo = expr.path.length === 1 ? PSEUDO[name] : undefined;
  if (pseudo) return value(pseudo[0], parseType(pseudo[1]), false);
  if (expr.path.at(-1) === "ROWID") {
    return value(
      `${expr.path
        .slice(0, -1)
        .map((part) => `${quoted(part)}.`)
        .join("")}rowid`,
      parseType("ROWID"),
      false,
    );
  }
  throw new OracleError(904, `${expr.path.map(quoted).join(".")}: invalid identifier`, expr.at);
}

function emitBinary(op: string, left: Emitted, right: Emitted, leftExpr: Expr, rightExpr: Expr): Emitted {
  if (op === "AND" || op === "OR") return value(`(${left.sql} ${op} ${right.sql})`, NUMBER);
  if (op === "||") return value(`ORA_CONCAT(${left.sql}, ${right.sql})`, TEXT);
  const arithmetic = ARITHMETIC[op];
  if (!arithmetic) {
    return value(`${comparable(left, right, leftExpr)} ${op} ${comparable(right, left, rightExpr)}`, NUMBER);
  }
  const sql = `${arithmetic}(${left.sql}, ${right.sql})`;
  if (isMoment(left.type) && !isMoment(right.type)) return value(sql, left.type);
  if (isMoment(right.type) && !isMoment(left.type)) return value(sql, right.type);
  return value(sql, left.type || right.type ? NUMBER : undefined);
}

/** One side of a comparison, with the conversion that Oracle makes because of the other side. */
function comparable(side: Emitted, other: Emitted, expr: Expr): string {
  const isOpen = side.type === undefined || side.type.form !== 0;
  if (isMoment(other.type) && isOpen && expr.k !== "null") return `ORA_AS_DATE(${side.sql})`;
  // CHAR values are kept without their padding, so the other side may not have any either.
  if (other.type?.wire === Wire.char && expr.k === "text") return literal(expr.value.replace(/ +$/, ""));
  return side.sql;
}

function emitCase(expr: Extract<Expr, { k: "case" }>, sub: (one: Expr) => Emitted): Emitted {
  const operand = expr.operand ? ` ${sub(expr.operand).sql}` : "";
  const branches = expr.whens.map(({ when, result }) => ({ when: sub(when).sql, result: sub(result) }));
  const otherwise = expr.otherwise ? sub(expr.otherwise) : undefined;
  const text = branches.map(({ when, result }) => ` WHEN ${when} THEN ${result.sql}`).join("");
  const types = [...branches.map(({ result }) => result.type), otherwise?.type];
  return value(`CASE${operand}${text}${otherwise ? ` ELSE ${otherwise.sql}` : ""} END`, widened(types));
}

function emitCast(arg: Emitted, type: OracleType): Emitted {
  const kind =
    type.wire === Wire.number || type.wire === Wire.binaryDouble || type.wire === Wire.binaryFloat
      ? `NUMBER', ${type.scale ?? "NULL"}`
      : isMoment(type)
        ? `${type.wire === Wire.date ? "DATE" : "TIMESTAMP"}', NULL`
        : type.form !== 0
          ? `TEXT', ${type.length ?? "NULL"}`
          : "OTHER', NULL";
  return value(`ORA_CAST(${arg.sql}, '${kind})`, type, arg.nullable);
}
