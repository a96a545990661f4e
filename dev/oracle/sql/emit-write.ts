import type { Column, Table } from "../catalog.ts";
import { quoted, tableName } from "../database.ts";
import { OracleError } from "../errors.ts";
import type { Expr, Statement, TableName } from "./ast.ts";
import { emitExpr, literal } from "./emit-expression.ts";
import type { Emitter } from "./emit-query.ts";
import { parseExpr } from "./parse-expression.ts";
import { emptyScope, type Scope } from "./scope.ts";
import { TokenStream } from "./token-stream.ts";

/** Writes INSERT, UPDATE or DELETE in SQLite's words; each value passes the conversion of its column. */
export function emitWrite(statement: Statement, emitter: Emitter): string {
  switch (statement.k) {
    case "insert":
      return emitInsert(statement, emitter);
    case "update":
      return emitUpdate(statement, emitter);
    case "delete": {
      const { table, scope, alias } = target(statement.table, emitter);
      const where = statement.where ? ` WHERE ${emitExpr(statement.where, scope, emitter).sql}` : "";
      return `DELETE FROM ${tableName(table)} AS ${quoted(alias)}${where}`;
    }
    default:
      throw new OracleError(900, "invalid SQL statement");
  }
}

function target(name: TableName, emitter: Emitter): { table: Table; scope: Scope; alias: string } {
  const owner = name.path.length > 1 ? (name.path.at(-2) ?? "") : emitter.schema;
  const table = emitter.catalog.table(owner, name.path.at(-1) ?? "");
  if (!table) throw new OracleError(942, "table or view does not exist", name.at);
  const { relation } = emitter.relation(name.path, name.alias, name.at);
  return { table, scope: { ...emptyScope(undefined), relations: [relation] }, alias: relation.alias };
}

function columnOf(table: Table, name: string): Column {
  const column = table.columns.find((one) => one.name === name);
  if (!column) throw new OracleError(904, `"${name}": invalid identifier`);
  return column;
}

function stored(table: Table, column: Column, sql: string): string {
  return `ORA_STORE(${literal(`${table.owner}.${table.name}`)}, ${literal(column.name)}, ${sql})`;
}

function defaultOf(column: Column, emitter: Emitter): string {
  if (column.default === undefined) return "NULL";
  return emitExpr(parseExpr(new TokenStream(column.default)), emptyScope(undefined), emitter).sql;
}

function emitInsert(statement: Extract<Statement, { k: "insert" }>, emitter: Emitter): string {
  const { table } = target(statement.table, emitter);
  const given =
    statement.columns.length > 0 ? statement.columns.map((name) => columnOf(table, name)) : table.columns;
  const defaulted = table.columns.filter((column) => column.default !== undefined && !given.includes(column));
  const names = [...given, ...defaulted].map(({ name }) => quoted(name)).join(", ");
  const extra = defaulted.map((column) => stored(table, column, defaultOf(column, emitter)));
  const head = `INSERT INTO ${tableName(table)} (${names})`;
  if (statement.query) {
    const query = emitter.query(statement.query, undefined);
    checkCount(given.length, query.columns.length);
    const places = given.map((_, i) => quoted(`c${i}`));
    const values = given.map((column, i) => stored(table, column, places[i] ?? ""));
    // "WHERE true" keeps SQLite from reading what follows as a join.
    return `${head} WITH q(${places.join(", ")}) AS (${query.sql}) SELECT ${[...values, ...extra].join(", ")} FROM q WHERE true`;
  }
  const rows = (statement.rows ?? []).map((row) => {
    checkCount(given.length, row.length);
    const values = given.map((column, i) =>
      stored(table, column, assignedValue(row[i] ?? "default", column, emptyScope(undefined), emitter)),
    );
    return `(${[...values, ...extra].join(", ")})`;
  });
  return `${head} VALUES ${rows.join(", ")}`;
}

function checkCount(columns: number, values: number): void {
  if (values < columns) throw new OracleError(947, "not enough values");
  if (values > columns) throw new OracleError(913, "too many values");
}

function assignedValue(value: Expr | "default", column: Column, scope: Scope, emitter: Emitter): string {
  return value === "default" ? defaultOf(column, emitter) : emitExpr(value, scope, emitter).sql;
}

function emitUpdate(statement: Extract<Statement, { k: "update" }>, emitter: Emitter): string {
  const { table, scope, alias } = target(statement.table, emitter);
  const sets = statement.sets.flatMap(({ columns, value }) => {
    const targets = columns.map((name) => columnOf(table, name));
    const [first] = targets;
    if (targets.length === 1 && first)
      return [`${quoted(first.name)} = ${stored(table, first, assignedValue(value, first, scope, emitter))}`];
    if (value === "default" || value.k !== "subquery")
      throw new OracleError(1767, "UPDATE ... SET expression must be a subquery");
    const query = emitter.query(value.query, scope);
    checkCount(targets.length, query.columns.length);
    const inner = targets.map((column, i) => stored(table, column, quoted(query.columns[i]?.name ?? "")));
    return [
      `(${targets.map(({ name }) => quoted(name)).join(", ")}) = (SELECT ${inner.join(", ")} FROM (${query.sql}))`,
    ];
  });
  const where = statement.where ? ` WHERE ${emitExpr(statement.where, scope, emitter).sql}` : "";
  return `UPDATE ${tableName(table)} AS ${quoted(alias)} SET ${sets.join(", ")}${where}`;
}
