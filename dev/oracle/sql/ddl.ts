import type { DatabaseSync } from "node:sqlite";
import { type Database, quoted, tableName } from "../database.ts";
import { OracleError } from "../errors.ts";
import { parseType } from "../types.ts";
import { Emitter } from "./emit-query.ts";
import { parseQuery } from "./parse-query.ts";
import { parseTable } from "./parse-table.ts";
import type { TokenStream } from "./token-stream.ts";

/** What a DDL statement changes. */
export interface DdlTarget {
  database: Database;
  connection: DatabaseSync;
  schema: string;
}

/** A DDL statement, read; `run` does it. Null for one that is accepted and has no effect here. */
export type Ddl = ((target: DdlTarget) => void) | null;

/** Statements that are accepted and do nothing. */
const NO_EFFECT = new Set("GRANT REVOKE ANALYZE AUDIT NOAUDIT PURGE LOCK SET SAVEPOINT".split(" "));

/** Reads a statement that is neither a query nor DML. Throws ORA-00900 or ORA-03001 for what it does not know. */
export function parseDdl(stream: TokenStream): Ddl {
  if (stream.take("CREATE")) return create(stream);
  if (stream.take("DROP", "TABLE")) return dropTable(stream);
  if (stream.take("DROP", "VIEW")) {
    const path = stream.path();
    return ({ database, schema }) => {
      const [owner, name] = resolved(path, schema);
      if (!database.catalog.view(owner, name)) throw new OracleError(942, "table or view does not exist");
      database.catalog.dropView(owner, name);
    };
  }
  if (stream.take("DROP", "INDEX")) return null;
  if (stream.take("TRUNCATE", "TABLE")) {
    const path = stream.path();
    return ({ database, connection, schema }) =>
      connection.exec(`DELETE FROM ${tableName(existing(database, path, schema))}`);
  }
  if (stream.take("COMMENT", "ON")) return comment(stream);
  if (NO_EFFECT.has(stream.token.value)) return null;
  throw new OracleError(
    3001,
    `unimplemented feature: ${stream.token.value} ${stream.peek(1).value} is not part of the stand-in`,
  );
}

function resolved(path: readonly string[], schema: string): [string, string] {
  return path.length > 1 ? [path[0] ?? "", path[1] ?? ""] : [schema, path[0] ?? ""];
}

function existing(database: Database, path: readonly string[], schema: string) {
  const table = database.catalog.table(...resolved(path, schema));
  if (!table) throw new OracleError(942, "table or view does not exist");
  return table;
}

function create(stream: TokenStream): Ddl {
  const replace = stream.take("OR", "REPLACE");
  if (stream.take("FORCE") || stream.take("VIEW")) {
    stream.take("VIEW");
    return createView(stream, replace);
  }
  const unique = stream.take("UNIQUE");
  if (stream.take("INDEX")) return createIndex(stream, unique);
  if (stream.take("GLOBAL", "TEMPORARY")) stream.take("ON");
  if (stream.take("TABLE")) return createTable(stream);
  throw new OracleError(
    3001,
    `unimplemented feature: CREATE ${stream.token.value} is not part of the stand-in`,
  );
}

function createTable(stream: TokenStream): Ddl {
  const path = stream.path();
  const start = stream.index;
  const isCopy = stream.at("AS");
  const parsed = isCopy ? undefined : parseTable(stream);
  return ({ database, connection, schema }) => {
    const [owner, name] = resolved(path, schema);
    const { catalog } = database;
    if (catalog.table(owner, name) || catalog.view(owner, name))
      throw new OracleError(955, "name is already used by an existing object");
    if (parsed) {
      database.createTable(connection, catalog.addTable(owner, { ...parsed, name }));
      return;
    }
    stream.index = start + 1;
    const query = new Emitter(catalog, schema).query(parseQuery(stream), undefined);
    const columns = query.columns.map((column) => ({
      name: column.name,
      type: typeText(column.type ?? parseType("VARCHAR2(4000)")),
    }));
    database.createTable(connection, catalog.addTable(owner, { name, columns }));
    connection.exec(`INSERT INTO ${quoted(`${owner}.${name}`)} ${query.sql}`);
  };
}

/** A type as DDL writes it. */
function typeText(type: ReturnType<typeof parseType>): string {
  if (type.length !== null)
    return `${type.name}(${type.length}${type.unit === "C" && type.form === 1 ? " CHAR" : ""})`;
  if (type.name === "NUMBER" && type.precision !== null)
    return `NUMBER(${type.precision},${type.scale ?? 0})`;
  return type.name;
}

function createView(stream: TokenStream, replace: boolean): Ddl {
  const path = stream.path();
  if (stream.atSymbol("("))
    throw new OracleError(3001, "unimplemented feature: column names of a view are not part of the stand-in");
  stream.need("AS", 905, "missing keyword");
  const text = stream.sql.slice(stream.token.at).replace(/;\s*$/, "").trim();
  return ({ database, schema }) => {
    const [owner, name] = resolved(path, schema);
    const { catalog } = database;
    if (catalog.table(owner, name) || (catalog.view(owner, name) && !replace)) {
      throw new OracleError(955, "name is already used by an existing object");
    }
    const { columns } = new Emitter(catalog, owner).query(parseQuery(stream), undefined);
    const described = columns.map((column) => ({
      name: column.name,
      type: typeText(column.type ?? parseType("VARCHAR2(4000)")),
      nullable: column.nullable,
    }));
    catalog.addView(owner, { name, text, columns: described });
  };
}

function createIndex(stream: TokenStream, unique: boolean): Ddl {
  const name = stream.path().at(-1) ?? "";
  stream.need("ON", 969, "missing ON keyword");
  const path = stream.path();
  const columns = stream.names();
  return ({ database, connection, schema }) => {
    const table = existing(database, path, schema);
    table.indexes.push({ name, columns, unique });
    database.catalog.changed();
    connection.exec(
      `CREATE ${unique ? "UNIQUE " : ""}INDEX ${quoted(`${table.owner}.${name}`)} ON ${tableName(table)} (${columns.map(quoted).join(", ")})`,
    );
  };
}

function dropTable(stream: TokenStream): Ddl {
  const path = stream.path();
  return ({ database, connection, schema }) => {
    const table = existing(database, path, schema);
    connection.exec(`DROP TABLE ${tableName(table)}`);
    database.catalog.dropTable(table.owner, table.name);
  };
}

function comment(stream: TokenStream): Ddl {
  const isColumn = stream.take("COLUMN");
  if (!isColumn) stream.need("TABLE", 905, "missing keyword");
  const path = stream.path();
  stream.need("IS", 905, "missing keyword");
  const text = stream.next().value;
  return ({ database, schema }) => {
    const table = existing(database, isColumn ? path.slice(0, -1) : path, schema);
    const column = table.columns.find(({ name }) => isColumn && name === path.at(-1));
    if (isColumn && !column) throw new OracleError(904, `"${path.at(-1)}": invalid identifier`);
    if (column) column.comment = text;
    else table.comment = text;
    database.catalog.changed();
  };
}
