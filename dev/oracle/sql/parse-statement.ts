import { OracleError } from "../errors.ts";
import type { Expr, Statement, TableName } from "./ast.ts";
import { parseExpr } from "./parse-expression.ts";
import { parseQuery } from "./parse-query.ts";
import type { TokenStream } from "./token-stream.ts";

const DDL = new Set(
  "CREATE DROP ALTER TRUNCATE COMMENT GRANT REVOKE ANALYZE AUDIT NOAUDIT PURGE RENAME LOCK SET EXPLAIN COMMIT ROLLBACK SAVEPOINT".split(
    " ",
  ),
);

/** Reads a whole statement. DDL and the like are only recognised: `parse-ddl.ts` reads them. */
export function parseStatement(stream: TokenStream): Statement {
  const { kind, value, at } = stream.token;
  if (stream.at("SELECT") || stream.at("WITH") || stream.atSymbol("(")) {
    const query = parseQuery(stream);
    stream.end();
    return { k: "query", query };
  }
  if (stream.take("INSERT")) return finished(stream, parseInsert(stream));
  if (stream.take("UPDATE")) return finished(stream, parseUpdate(stream));
  if (stream.take("DELETE")) return finished(stream, parseDelete(stream));
  if (stream.at("BEGIN") || stream.at("DECLARE") || stream.at("CALL") || stream.atSymbol("{"))
    return { k: "plsql" };
  if (stream.at("MERGE"))
    throw new OracleError(3001, "unimplemented feature: MERGE is not part of the stand-in");
  if (kind === "word" && DDL.has(value)) return { k: "ddl", words: value, tokens: stream.tokens.length };
  throw new OracleError(900, "invalid SQL statement", at);
}

function finished(stream: TokenStream, statement: Statement): Statement {
  if (stream.at("RETURNING") || stream.at("RETURN")) {
    throw new OracleError(
      3001,
      "unimplemented feature: RETURNING INTO is not part of the stand-in",
      stream.token.at,
    );
  }
  stream.end();
  return statement;
}

function parseTarget(stream: TokenStream): TableName {
  const at = stream.token.at;
  const path = stream.path();
  return { path, at, alias: stream.at("SET") ? undefined : stream.alias() };
}

function parseInsert(stream: TokenStream): Statement {
  stream.need("INTO", 925, "missing INTO keyword");
  const table = parseTarget(stream);
  const isQuery = stream.peek(1).value === "SELECT";
  const columns = stream.atSymbol("(") && !isQuery ? stream.names() : [];
  if (!stream.take("VALUES"))
    return { k: "insert", table, columns, rows: undefined, query: parseQuery(stream) };
  stream.needSymbol("(");
  const row: (Expr | "default")[] = [];
  do row.push(stream.take("DEFAULT") ? "default" : parseExpr(stream));
  while (stream.takeSymbol(","));
  stream.needSymbol(")");
  return { k: "insert", table, columns, rows: [row], query: undefined };
}

function parseUpdate(stream: TokenStream): Statement {
  const table = parseTarget(stream);
  stream.need("SET", 971, "missing SET keyword");
  const sets: { columns: string[]; value: Expr | "default" }[] = [];
  do {
    const columns = stream.atSymbol("(")
      ? stream.names()
      : [stream.path(904, "invalid identifier").at(-1) ?? ""];
    if (!stream.takeSymbol("=")) throw new OracleError(927, "missing equal sign", stream.token.at);
    sets.push({ columns, value: stream.take("DEFAULT") ? "default" : parseExpr(stream) });
  } while (stream.takeSymbol(","));
  return { k: "update", table, sets, where: stream.take("WHERE") ? parseExpr(stream) : undefined };
}

function parseDelete(stream: TokenStream): Statement {
  stream.take("FROM");
  const table = parseTarget(stream);
  return { k: "delete", table, where: stream.take("WHERE") ? parseExpr(stream) : undefined };
}
