import type { Catalog } from "../catalog.ts";
import { OracleError } from "../errors.ts";
import { type Ddl, parseDdl } from "./ddl.ts";
import { Emitter } from "./emit-query.ts";
import { emitWrite } from "./emit-write.ts";
import { parseStatement } from "./parse-statement.ts";
import { type PlsqlStep, parseBlock } from "./plsql.ts";
import type { OutColumn } from "./scope.ts";
import { TokenStream } from "./token-stream.ts";

/** An Oracle statement in SQLite's words. Bind variables are `$b1`, `$b2` ... in the order of the text. */
export type Translation =
  | { kind: "query"; sql: string; columns: OutColumn[]; dictionary: Set<string> }
  | { kind: "dml"; sql: string; dictionary: Set<string> }
  | { kind: "ddl"; run: Ddl }
  | { kind: "end"; commit: boolean }
  | { kind: "session"; schema: string | undefined }
  | { kind: "plsql"; steps: PlsqlStep[]; binds: string[] };

/** Translates one statement for a session whose own schema is `schema`. Throws the error that Oracle would give. */
export function translate(sql: string, catalog: Catalog, schema: string): Translation {
  const stream = new TokenStream(sql);
  if (stream.at("COMMIT") || stream.at("ROLLBACK")) return { kind: "end", commit: stream.at("COMMIT") };
  if (stream.take("ALTER", "SESSION")) return { kind: "session", schema: currentSchema(stream) };
  const statement = parseStatement(stream);
  if (statement.k === "plsql") return { kind: "plsql", ...parseBlock(stream) };
  if (statement.k === "ddl") return { kind: "ddl", run: parseDdl(stream) };
  const emitter = new Emitter(catalog, schema);
  if (statement.k !== "query")
    return { kind: "dml", sql: emitWrite(statement, emitter), dictionary: emitter.dictionary };
  const query = emitter.query(statement.query, undefined);
  if (query.columns.length === 0) throw new OracleError(936, "missing expression");
  return { kind: "query", ...query, dictionary: emitter.dictionary };
}

/** The schema that ALTER SESSION SET CURRENT_SCHEMA names; other settings have no effect here. */
function currentSchema(stream: TokenStream): string | undefined {
  stream.need("SET", 922, "missing or invalid option");
  if (!stream.take("CURRENT_SCHEMA")) return undefined;
  stream.needSymbol("=");
  return stream.name(922, "missing or invalid option");
}
