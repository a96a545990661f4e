import type { Catalog } from "../catalog.ts";
import { quoted, tableName } from "../database.ts";
import type { OracleType } from "../types.ts";
import { tokenize } from "./lexer.ts";

/** What is known of a result column before the statement has run. */
export interface TranslatedColumn {
  name: string | undefined;
  type: OracleType | undefined;
}

/** An Oracle statement in SQLite's words. Bind variables are `$b1`, `$b2` ... in the order of the text. */
export interface Translation {
  kind: "query" | "dml" | "nothing";
  sql: string;
  columns: TranslatedColumn[];
}

/** First form: names of tables, bind variables, DUAL. */
export function translate(sql: string, catalog: Catalog, schema: string): Translation {
  const tokens = tokenize(sql);
  const first = tokens[0]?.value;
  if (first === "ALTER" || first === "BEGIN" || first === "DECLARE")
    return { kind: "nothing", sql: "", columns: [] };
  let out = "";
  let bind = 0;
  for (let i = 0; i < tokens.length; i++) {
    const token = tokens[i];
    if (!token || token.kind === "end" || (token.value === ";" && tokens[i + 1]?.kind === "end")) break;
    if (token.kind === "bind") out += ` $b${++bind}`;
    else if (token.kind === "text")
      out += token.value === "" ? " NULL" : ` '${token.value.replaceAll("'", "''")}'`;
    else if (token.kind === "word" || token.kind === "quoted") {
      const next = tokens[i + 2];
      const table = tokens[i + 1]?.value === "." && next ? catalog.table(token.value, next.value) : undefined;
      const before = tokens[i - 1]?.value ?? "";
      const own = ["FROM", "JOIN", "INTO", "UPDATE", ","].includes(before)
        ? catalog.table(schema, token.value)
        : undefined;
      if (table) {
        out += ` ${tableName(table)}`;
        i += 2;
      } else if (own) out += ` ${tableName(own)}`;
      else if (token.value === "DUAL") out += " (SELECT 'X' AS DUMMY)";
      else if (token.value === "SYSDATE") out += " ORA_SYSDATE()";
      else out += token.kind === "quoted" ? ` ${quoted(token.value)}` : ` ${token.value}`;
    } else out += ` ${token.value}`;
  }
  const kind = first === "SELECT" || first === "WITH" ? "query" : "dml";
  return { kind, sql: out, columns: [] };
}
