import { OracleError } from "../errors.ts";
import type { Expr, OrderItem, Window } from "./ast.ts";
import { parseQuery } from "./parse-query.ts";
import type { TokenStream } from "./token-stream.ts";

/** Strength of the infix operators; `||` is as strong as `+` in Oracle. */
const STRENGTH: Record<string, number> = { "+": 6, "-": 6, "||": 6, "*": 7, "/": 7 };
const COMPARISONS = new Set(["=", "<>", "<", ">", "<=", ">="]);

/** Reads an expression or a condition. */
export function parseExpr(stream: TokenStream): Expr {
  let left = parseAnd(stream);
  while (stream.take("OR")) left = { k: "binary", op: "OR", left, right: parseAnd(stream) };
  return left;
}

function parseAnd(stream: TokenStream): Expr {
  let left = parseNot(stream);
  while (stream.take("AND")) left = { k: "binary", op: "AND", left, right: parseNot(stream) };
  return left;
}

function parseNot(stream: TokenStream): Expr {
  if (stream.take("NOT")) return { k: "unary", op: "NOT", arg: parseNot(stream) };
  return parseCondition(stream);
}

function parseCondition(stream: TokenStream): Expr {
  let left = parseSum(stream, 0);
  for (;;) {
    const token = stream.token;
    if (token.kind === "symbol" && COMPARISONS.has(token.value)) {
      stream.next();
      if (stream.take("ANY") || stream.take("SOME")) {
        left = { k: "in", left, not: false, list: parseList(stream) };
        continue;
      }
      left = { k: "binary", op: token.value, left, right: parseSum(stream, 0) };
    } else if (stream.take("IS")) {
      const not = stream.take("NOT");
      stream.need("NULL", 908, "missing NULL keyword");
      left = { k: "isNull", arg: left, not };
    } else if (atPredicate(stream)) {
      const not = stream.take("NOT");
      left = parsePredicate(stream, left, not);
    } else return left;
  }
}

/** A NOT counts only with what it negates: in `DEFAULT 1 NOT NULL` it belongs to the column. */
function atPredicate(stream: TokenStream): boolean {
  const word = stream.at("NOT") ? stream.peek(1) : stream.token;
  return word.kind === "word" && /^(IN|LIKE|BETWEEN)$/.test(word.value);
}

function parsePredicate(stream: TokenStream, left: Expr, not: boolean): Expr {
  if (stream.take("IN")) return { k: "in", left, not, list: parseList(stream) };
  if (stream.take("LIKE")) {
    const pattern = parseSum(stream, 0);
    return { k: "like", left, not, pattern, escape: stream.take("ESCAPE") ? parseSum(stream, 0) : undefined };
  }
  stream.need("BETWEEN", 920, "invalid relational operator");
  const low = parseSum(stream, 0);
  stream.need("AND", 905, "missing keyword");
  return { k: "between", left, not, low, high: parseSum(stream, 0) };
}

function parseList(stream: TokenStream): Extract<Expr, { k: "in" }>["list"] {
  if (!stream.atSymbol("(")) return [parseSum(stream, 0)];
  stream.next();
  if (stream.at("SELECT") || stream.at("WITH")) {
    const query = parseQuery(stream);
    stream.needSymbol(")");
    return query;
  }
  const list = parseArguments(stream);
  stream.needSymbol(")");
  return list;
}

/** Expressions with commas between them. */
export function parseArguments(stream: TokenStream): Expr[] {
  const args = [parseExpr(stream)];
  while (stream.takeSymbol(",")) args.push(parseExpr(stream));
  return args;
}

function parseSum(stream: TokenStream, least: number): Expr {
  let left = parseUnary(stream);
  for (;;) {
    const op = stream.token.kind === "symbol" ? stream.token.value : "";
    const strength = STRENGTH[op];
    if (strength === undefined || strength <= least) return left;
    stream.next();
    left = { k: "binary", op, left, right: parseSum(stream, strength) };
  }
}

function parseUnary(stream: TokenStream): Expr {
  if (stream.takeSymbol("-")) return { k: "unary", op: "-", arg: parseUnary(stream) };
  if (stream.takeSymbol("+")) return parseUnary(stream);
  if (stream.take("PRIOR"))
    throw new OracleError(3001, "unimplemented feature: CONNECT BY is not part of the stand-in");
  return parsePrimary(stream);
}

function parsePrimary(stream: TokenStream): Expr {
  const token = stream.token;
  if (token.kind === "text" || token.kind === "number") {
    stream.next();
    return token.kind === "text" && token.value === ""
      ? { k: "null" }
      : { k: token.kind, value: token.value };
  }
  if (token.kind === "bind") {
    stream.next();
    const position = stream.tokens.slice(0, stream.index).filter(({ kind }) => kind === "bind").length;
    return { k: "bind", position, name: token.value };
  }
  if (stream.takeSymbol("(")) return parseParenthesis(stream);
  if (token.kind === "word") {
    const special = parseSpecial(stream, token.value);
    if (special) return special;
  }
  if (token.kind !== "quoted" && !stream.atName()) throw new OracleError(936, "missing expression", token.at);
  const path = stream.path();
  if (stream.atSymbol("(") && !(stream.peek(1).value === "+" && stream.peek(2).value === ")")) {
    return parseCall(stream, path.join("."), token.at);
  }
  const outer = stream.atSymbol("(");
  if (outer) stream.index += 3;
  return { k: "column", path, at: token.at, outer };
}

function parseParenthesis(stream: TokenStream): Expr {
  if (stream.at("SELECT") || stream.at("WITH")) {
    const query = parseQuery(stream);
    stream.needSymbol(")");
    return { k: "subquery", query };
  }
  const items = parseArguments(stream);
  stream.needSymbol(")");
  const [first] = items;
  return items.length === 1 && first ? first : { k: "row", items };
}

/** Constructs that begin with a word but are neither a column nor a plain call. */
function parseSpecial(stream: TokenStream, word: string): Expr | undefined {
  const after = stream.peek(1);
  switch (word) {
    case "NULL":
      stream.next();
      return { k: "null" };
    case "CASE":
      stream.next();
      return parseCase(stream);
    case "EXISTS": {
      stream.next();
      stream.needSymbol("(");
      const query = parseQuery(stream);
      stream.needSymbol(")");
      return { k: "exists", query };
    }
    case "DATE":
    case "TIMESTAMP":
      if (after.kind !== "text") return undefined;
      stream.index += 2;
      return { k: "moment", what: word, value: after.value };
    case "INTERVAL":
      if (after.kind !== "text") return undefined;
      stream.index += 2;
      return { k: "interval", value: after.value, unit: stream.next().value };
    case "CAST":
    case "EXTRACT":
    case "TRIM":
      return after.value === "(" ? parseKeywordCall(stream, word) : undefined;
    default:
      return undefined;
  }
}

function parseCase(stream: TokenStream): Expr {
  const operand = stream.at("WHEN") ? undefined : parseExpr(stream);
  const whens: { when: Expr; result: Expr }[] = [];
  while (stream.take("WHEN")) {
    const when = parseExpr(stream);
    stream.need("THEN", 905, "missing keyword");
    whens.push({ when, result: parseExpr(stream) });
  }
  const otherwise = stream.take("ELSE") ? parseExpr(stream) : undefined;
  stream.need("END", 905, "missing keyword");
  return { k: "case", operand, whens, otherwise };
}

function parseKeywordCall(stream: TokenStream, word: "CAST" | "EXTRACT" | "TRIM"): Expr {
  stream.index += 2;
  if (word === "EXTRACT") {
    const field = stream.next().value;
    stream.need("FROM", 905, "missing keyword");
    const arg = parseExpr(stream);
    stream.needSymbol(")");
    return { k: "extract", field, arg };
  }
  if (word === "CAST") {
    const arg = parseExpr(stream);
    stream.need("AS", 905, "missing keyword");
    const type = readTypeText(stream);
    stream.needSymbol(")");
    return { k: "cast", arg, type };
  }
  const where = stream.take("LEADING") ? "LEADING" : stream.take("TRAILING") ? "TRAILING" : "BOTH";
  stream.take("BOTH");
  const first = stream.at("FROM") ? undefined : parseExpr(stream);
  const hasFrom = stream.take("FROM");
  const arg = hasFrom ? parseExpr(stream) : (first ?? { k: "null" });
  stream.needSymbol(")");
  return { k: "trim", where, chars: hasFrom ? first : undefined, arg };
}

/** The text of a type, up to a comma or a closing parenthesis outside its own. */
export function readTypeText(stream: TokenStream): string {
  const start = stream.token.at;
  let end = start;
  const type = /^(?:[A-Z0-9_]+)$/;
  while (stream.token.kind === "word" && type.test(stream.token.value)) {
    if (
      end > start &&
      !/^(WITH|LOCAL|TIME|ZONE|DAY|TO|SECOND|RAW|PRECISION|VARYING)$/.test(stream.token.value)
    )
      break;
    end = stream.next().to;
    if (stream.atSymbol("(")) {
      while (!stream.atSymbol(")")) stream.next();
      end = stream.next().to;
    }
  }
  return stream.sql.slice(start, end);
}

function parseCall(stream: TokenStream, name: string, at: number): Expr {
  stream.needSymbol("(");
  const distinct = stream.take("DISTINCT") || stream.take("UNIQUE");
  stream.take("ALL");
  const star = stream.takeSymbol("*");
  const args = star || stream.atSymbol(")") ? [] : parseArguments(stream);
  stream.needSymbol(")");
  const call: Extract<Expr, { k: "call" }> = { k: "call", name, args, distinct, star, at };
  if (stream.take("WITHIN", "GROUP")) {
    stream.needSymbol("(");
    stream.need("ORDER");
    call.within = parseOrderBy(stream);
    stream.needSymbol(")");
  }
  if (stream.take("OVER")) call.over = parseWindow(stream);
  return call;
}

function parseWindow(stream: TokenStream): Window {
  stream.needSymbol("(");
  const partition = stream.take("PARTITION", "BY") ? parseArguments(stream) : [];
  const order = stream.take("ORDER") ? parseOrderBy(stream) : [];
  const start = stream.token.at;
  while (!stream.atSymbol(")")) if (stream.next().kind === "end") break;
  const frame = stream.sql.slice(start, stream.token.at);
  stream.needSymbol(")");
  return { partition, order, frame };
}

/** What follows ORDER: `BY` and the items. */
export function parseOrderBy(stream: TokenStream): OrderItem[] {
  stream.need("BY", 924, "missing BY keyword");
  const items: OrderItem[] = [];
  do {
    const expr = parseExpr(stream);
    const desc = stream.take("DESC");
    if (!desc) stream.take("ASC");
    const nulls = stream.take("NULLS", "FIRST") ? "FIRST" : stream.take("NULLS", "LAST") ? "LAST" : undefined;
    items.push({ expr, desc, nulls });
  } while (stream.takeSymbol(","));
  return items;
}
