import type { CatalogColumn, CatalogTable } from "../catalog.ts";
import { OracleError } from "../errors.ts";
import { parseExpr, readTypeText } from "./parse-expression.ts";
import type { TokenStream } from "./token-stream.ts";

type Parts = Required<Pick<CatalogTable, "columns" | "uniqueKeys" | "foreignKeys">> &
  Pick<CatalogTable, "primaryKey">;

/** Reads the columns and constraints of CREATE TABLE, up to the closing parenthesis. Storage clauses are ignored. */
export function parseTable(stream: TokenStream): Parts {
  const table: Parts = { columns: [], uniqueKeys: [], foreignKeys: [] };
  stream.needSymbol("(");
  do {
    if (
      /^(CONSTRAINT|PRIMARY|UNIQUE|FOREIGN|CHECK)$/.test(stream.token.value) &&
      stream.token.kind === "word"
    )
      parseConstraint(stream, table, undefined);
    else table.columns.push(parseColumn(stream, table));
  } while (stream.takeSymbol(","));
  stream.needSymbol(")");
  return table;
}

function parseColumn(stream: TokenStream, table: Parts): CatalogColumn {
  const column: CatalogColumn = { name: stream.name(904, "invalid identifier"), type: readTypeText(stream) };
  if (column.type === "") throw new OracleError(902, "invalid datatype", stream.token.at);
  for (;;) {
    if (stream.take("DEFAULT")) {
      const start = stream.token.at;
      parseExpr(stream);
      column.default = stream.sql.slice(start, stream.token.at).trim();
    } else if (stream.take("NOT", "NULL")) column.nullable = false;
    else if (stream.take("NULL")) column.nullable = true;
    else if (/^(CONSTRAINT|PRIMARY|UNIQUE|REFERENCES|CHECK)$/.test(stream.token.value))
      parseConstraint(stream, table, column);
    else return column;
  }
}

/** One constraint of the table, or of `column` when it stands with it. */
function parseConstraint(stream: TokenStream, table: Parts, column: CatalogColumn | undefined): void {
  const name = stream.take("CONSTRAINT") ? { name: stream.name(904, "invalid identifier") } : {};
  const columns = (): string[] => (column ? [column.name] : stream.names());
  if (stream.take("NOT", "NULL")) {
    if (column) column.nullable = false;
  } else if (stream.take("PRIMARY", "KEY")) {
    const names = columns();
    table.primaryKey = "name" in name ? { name: name.name ?? "", columns: names } : names;
  } else if (stream.take("UNIQUE")) table.uniqueKeys.push({ ...name, columns: columns() });
  else if (stream.take("CHECK")) skipParentheses(stream);
  else {
    const own = stream.take("FOREIGN", "KEY") ? stream.names() : columns();
    stream.need("REFERENCES", 905, "missing keyword");
    const path = stream.path();
    const target = stream.atSymbol("(") ? stream.names() : [];
    const owner = path.length > 1 ? { owner: path[0] ?? "" } : {};
    table.foreignKeys.push({
      ...name,
      columns: own,
      references: { ...owner, table: path.at(-1) ?? "", columns: target },
    });
    if (stream.take("ON", "DELETE") && !stream.take("CASCADE")) stream.take("SET", "NULL");
  }
  stream.take("ENABLE");
}

function skipParentheses(stream: TokenStream): void {
  let depth = 0;
  do {
    if (stream.atSymbol("(")) depth++;
    if (stream.atSymbol(")")) depth--;
    if (stream.next().kind === "end") throw new OracleError(907, "missing right parenthesis");
  } while (depth > 0);
}
