import { OracleError } from "../errors.ts";
import type { Body, Expr, FromItem, Query, Select, SelectItem } from "./ast.ts";
import { parseArguments, parseExpr, parseOrderBy } from "./parse-expression.ts";
import type { TokenStream } from "./token-stream.ts";

/** Reads a SELECT with everything that may stand around it. */
export function parseQuery(stream: TokenStream): Query {
  const ctes: Query["ctes"] = [];
  if (stream.take("WITH")) {
    do {
      const name = stream.name();
      const columns = stream.atSymbol("(") ? stream.names() : [];
      stream.need("AS", 905, "missing keyword");
      stream.needSymbol("(");
      ctes.push({ name, columns, query: parseQuery(stream) });
      stream.needSymbol(")");
    } while (stream.takeSymbol(","));
  }
  const body = parseBody(stream);
  const orderBy = stream.take("ORDER") ? parseOrderBy(stream) : [];
  const query: Query = { ctes, body, orderBy, offset: undefined, limit: undefined };
  if (stream.take("OFFSET")) {
    query.offset = parseExpr(stream);
    if (!stream.take("ROWS")) stream.take("ROW");
  }
  if (stream.take("FETCH")) {
    if (!stream.take("FIRST")) stream.need("NEXT", 905, "missing keyword");
    query.limit = stream.at("ROW") || stream.at("ROWS") ? { k: "number", value: "1" } : parseExpr(stream);
    if (!stream.take("ROWS")) stream.take("ROW");
    if (!stream.take("ONLY"))
      throw new OracleError(3001, "unimplemented feature: FETCH ... WITH TIES is not part of the stand-in");
  }
  // Locks are not kept by row here: a reader that wants to update later is simply a reader.
  if (stream.take("FOR", "UPDATE")) {
    while (stream.token.kind !== "end" && !stream.atSymbol(")") && !stream.atSymbol(";")) stream.next();
  }
  return query;
}

function parseBody(stream: TokenStream): Body {
  let left = parseBlock(stream);
  for (;;) {
    let op: string;
    if (stream.take("UNION")) op = stream.take("ALL") ? "UNION ALL" : "UNION";
    else if (stream.take("MINUS") || stream.take("EXCEPT")) op = "EXCEPT";
    else if (stream.take("INTERSECT")) op = "INTERSECT";
    else return left;
    left = { k: "compound", op, left, right: parseBlock(stream) };
  }
}

function parseBlock(stream: TokenStream): Body {
  if (stream.takeSymbol("(")) {
    const query = parseQuery(stream);
    stream.needSymbol(")");
    return { k: "nested", query };
  }
  stream.need("SELECT", 928, "missing SELECT keyword");
  const distinct = stream.take("DISTINCT") || stream.take("UNIQUE");
  if (!distinct) stream.take("ALL");
  const select: Select = {
    k: "select",
    distinct,
    items: [],
    from: [],
    where: undefined,
    groupBy: [],
    having: undefined,
  };
  do select.items.push(parseItem(stream));
  while (stream.takeSymbol(","));
  stream.need("FROM", 923, "FROM keyword not found where expected");
  do select.from.push(parseFrom(stream));
  while (stream.takeSymbol(","));
  if (stream.take("WHERE")) select.where = parseExpr(stream);
  if (stream.at("CONNECT") || stream.at("START")) {
    throw new OracleError(
      3001,
      "unimplemented feature: CONNECT BY is not part of the stand-in",
      stream.token.at,
    );
  }
  if (stream.take("GROUP")) {
    stream.need("BY", 924, "missing BY keyword");
    select.groupBy = parseArguments(stream);
  }
  if (stream.take("HAVING")) select.having = parseExpr(stream);
  return select;
}

function parseItem(stream: TokenStream): SelectItem {
  if (stream.takeSymbol("*")) return { star: true };
  if (stream.atName() && stream.peek(1).value === "." && stream.peek(2).value === "*") {
    const star = stream.next().value;
    stream.index += 2;
    return { star };
  }
  const first = stream.index;
  const expr: Expr = parseExpr(stream);
  const tokens = stream.tokens.slice(first, stream.index);
  const text = tokens
    .map(({ kind, value }) => (kind === "text" ? `'${value}'` : kind === "bind" ? `:${value}` : value))
    .join("");
  return { expr, text, alias: stream.alias() };
}

function parseFrom(stream: TokenStream): FromItem {
  let left = parseRelation(stream);
  for (;;) {
    const natural = stream.at("NATURAL");
    if (natural)
      throw new OracleError(
        3001,
        "unimplemented feature: NATURAL JOIN is not part of the stand-in",
        stream.token.at,
      );
    let how = "JOIN";
    if (stream.take("CROSS")) how = "CROSS JOIN";
    else if (stream.take("LEFT")) how = "LEFT JOIN";
    else if (stream.take("RIGHT")) how = "RIGHT JOIN";
    else if (stream.take("FULL")) how = "FULL JOIN";
    else if (!stream.take("INNER") && !stream.at("JOIN")) return left;
    stream.take("OUTER");
    stream.need("JOIN", 905, "missing keyword");
    const right = parseRelation(stream);
    const on = how !== "CROSS JOIN" && stream.take("ON") ? parseExpr(stream) : undefined;
    const using = on === undefined && stream.take("USING") ? stream.names() : [];
    if (how !== "CROSS JOIN" && on === undefined && using.length === 0)
      throw new OracleError(905, "missing keyword", stream.token.at);
    left = { k: "join", how, left, right, on, using };
  }
}

function parseRelation(stream: TokenStream): FromItem {
  if (stream.takeSymbol("(")) {
    if (stream.at("SELECT") || stream.at("WITH") || stream.atSymbol("(")) {
      const query = parseQuery(stream);
      stream.needSymbol(")");
      return { k: "derived", query, alias: stream.alias() };
    }
    const inner = parseFrom(stream);
    stream.needSymbol(")");
    return inner;
  }
  const at = stream.token.at;
  const path = stream.path();
  return { k: "table", path, alias: stream.alias(), at };
}
