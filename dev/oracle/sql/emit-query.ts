import type { Catalog } from "../catalog.ts";
import { quoted, tableName } from "../database.ts";
import { dictionaryView } from "../dictionary/views.ts";
import { OracleError } from "../errors.ts";
import { parseType } from "../types.ts";
import type { Body, Expr, FromItem, OrderItem, Query, Select } from "./ast.ts";
import { emitExpr, emitOrder } from "./emit-expression.ts";
import { withoutOuterMarks } from "./outer-joins.ts";
import { parseQuery } from "./parse-query.ts";
import { widened } from "./result-types.ts";
import { takeRownum } from "./rownum.ts";
import { conjuncts, type Emitted, emptyScope, type OutColumn, type Relation, type Scope } from "./scope.ts";
import { TokenStream } from "./token-stream.ts";

/** A query in SQLite's words, and the columns it gives. */
export interface EmittedQuery {
  sql: string;
  columns: OutColumn[];
}

interface Tail {
  orderBy: OrderItem[];
  offset: Expr | undefined;
  limit: Expr | undefined;
}

const DUAL: readonly OutColumn[] = [{ name: "DUMMY", type: parseType("VARCHAR2(1)"), nullable: true }];
const AGGREGATES = new Set(["COUNT", "SUM", "AVG", "MIN", "MAX", "LISTAGG"]);

/** Writes queries in SQLite's words; unqualified tables are those of `schema`. */
export class Emitter {
  readonly catalog: Catalog;
  readonly schema: string;
  /** Dictionary views that the statement reads: they must be filled before it runs. */
  readonly dictionary: Set<string>;
  #ctes = new Map<string, readonly OutColumn[]>();
  #derived = 0;

  constructor(catalog: Catalog, schema: string, dictionary = new Set<string>()) {
    this.catalog = catalog;
    this.schema = schema;
    this.dictionary = dictionary;
  }

  query(query: Query, parent: Scope | undefined): EmittedQuery {
    const before = this.#ctes;
    this.#ctes = new Map(before);
    const ctes = query.ctes.map(({ name, columns, query: inner }) => {
      const emitted = this.query(inner, parent);
      const named = emitted.columns.map((column, i) => ({ ...column, name: columns[i] ?? column.name }));
      this.#ctes.set(name, named);
      return `${quoted(name)}(${named.map((column) => quoted(column.name)).join(", ")}) AS (${emitted.sql})`;
    });
    const tail = { orderBy: query.orderBy, offset: query.offset, limit: query.limit };
    const body = this.#body(query.body, parent, tail);
    this.#ctes = before;
    return { sql: (ctes.length > 0 ? `WITH ${ctes.join(", ")} ` : "") + body.sql, columns: body.columns };
  }

  #body(body: Body, parent: Scope | undefined, tail: Tail | undefined): EmittedQuery {
    if (body.k === "select") return this.#select(body, parent, tail);
    if (body.k === "nested") {
      const inner = this.query(body.query, parent);
      const outside = tail ? this.#outsideTail(tail, inner.columns, parent) : "";
      return { sql: `SELECT * FROM (${inner.sql})${outside}`, columns: inner.columns };
    }
    const left = this.#body(body.left, parent, undefined);
    const right = this.#body(body.right, parent, undefined);
    if (left.columns.length !== right.columns.length) {
      throw new OracleError(1789, "query block has incorrect number of result columns");
    }
    // SQLite joins compounds from left to right without parentheses, so the right side is wrapped.
    const wrapped = body.right.k === "compound" ? `SELECT * FROM (${right.sql})` : right.sql;
    const sql = `${left.sql} ${body.op} ${wrapped}`;
    const columns = left.columns.map((column, i) => ({
      ...column,
      nullable: column.nullable || (right.columns[i]?.nullable ?? true),
      type: widened([column.type, right.columns[i]?.type]),
    }));
    return { sql: sql + (tail ? this.#outsideTail(tail, columns, parent) : ""), columns };
  }

  #outsideTail(tail: Tail, columns: readonly OutColumn[], parent: Scope | undefined): string {
    const scope = emptyScope(parent);
    const emit = (expr: Expr): Emitted => this.#orderKey(expr, columns) ?? emitExpr(expr, scope, this);
    return this.#tailText(tail, emit, scope);
  }

  #tailText(tail: Tail, emit: (expr: Expr) => Emitted, scope: Scope, rownum?: string): string {
    const order = tail.orderBy.length > 0 ? ` ORDER BY ${emitOrder(tail.orderBy, emit)}` : "";
    const count = (expr: Expr): string => `MAX(0, CAST(${emitExpr(expr, scope, this).sql} AS INTEGER))`;
    const limits = [...(rownum === undefined ? [] : [rownum]), ...(tail.limit ? [count(tail.limit)] : [])];
    if (limits.length === 0 && !tail.offset) return order;
    const limit = limits.length > 1 ? `MIN(${limits.join(", ")})` : (limits[0] ?? "-1");
    return `${order} LIMIT ${limit}${tail.offset ? ` OFFSET ${count(tail.offset)}` : ""}`;
  }

  /** A position or the name of a result column, as ORDER BY may have them. */
  #orderKey(expr: Expr, columns: readonly OutColumn[]): Emitted | undefined {
    if (expr.k === "number") {
      const column = columns[Number(expr.value) - 1];
      if (!column)
        throw new OracleError(1785, "ORDER BY item must be the number of a SELECT-list expression");
      return { ...column, sql: expr.value };
    }
    const [name] = expr.k === "column" && expr.path.length === 1 ? expr.path : [];
    const column = name === undefined ? undefined : columns.find((one) => one.name === name);
    return column ? { ...column, sql: quoted(column.name) } : undefined;
  }

  #select(given: Select, parent: Scope | undefined, tail: Tail | undefined): EmittedQuery {
    const select = withoutOuterMarks(given);
    const scope = emptyScope(parent);
    const from = select.from.map((item) => this.#from(item, scope)).join(", ");
    const { limit: rownum, rest } = takeRownum(
      conjuncts(select.where),
      (expr) => emitExpr(expr, scope, this).sql,
    );
    const where =
      rest.length > 0 ? ` WHERE ${rest.map((one) => emitExpr(one, scope, this).sql).join(" AND ")}` : "";
    const { columns, list } = this.#items(select, scope);
    const group = select.groupBy.map((one) => emitExpr(one, scope, this).sql).join(", ");
    const having = select.having ? ` HAVING ${emitExpr(select.having, scope, this).sql}` : "";
    const isWhole =
      select.distinct ||
      group !== "" ||
      select.items.some((item) => item.star === undefined && hasAggregate(item.expr));
    const head = `SELECT ${select.distinct ? "DISTINCT " : ""}${list}`;
    const rest2 = `${group === "" ? "" : ` GROUP BY ${group}`}${having}`;
    const emit = (expr: Expr): Emitted => this.#orderKey(expr, columns) ?? emitExpr(expr, scope, this);
    if (rownum !== undefined && isWhole) {
      // ROWNUM counts the rows that go into a group or a DISTINCT, so they are cut off before it.
      const [only] = scope.relations;
      if (scope.relations.length !== 1 || !only)
        throw new OracleError(3001, "unimplemented feature: ROWNUM with groups over several tables");
      const inner = `SELECT * FROM ${from}${where} LIMIT ${rownum}`;
      const outside = tail ? this.#tailText(tail, emit, scope) : "";
      return { sql: `${head} FROM (${inner}) AS ${quoted(only.alias)}${rest2}${outside}`, columns };
    }
    const outside = tail
      ? this.#tailText(tail, emit, scope, rownum)
      : rownum === undefined
        ? ""
        : ` LIMIT ${rownum}`;
    const sql = `${head} FROM ${from}${where}${rest2}${outside}`;
    // Inside a compound SQLite allows no LIMIT.
    return { sql: !tail && rownum !== undefined ? `SELECT * FROM (${sql})` : sql, columns };
  }

  #items(select: Select, scope: Scope): { columns: OutColumn[]; list: string } {
    const columns: OutColumn[] = [];
    const list: string[] = [];
    for (const item of select.items) {
      if (item.star !== undefined) {
        const relations = scope.relations.filter(({ alias }) => item.star === true || alias === item.star);
        if (relations.length === 0) throw new OracleError(904, `"${item.star}": invalid identifier`);
        for (const { alias, columns: own } of relations) {
          for (const column of own) {
            columns.push(column);
            list.push(`${quoted(alias)}.${quoted(column.name)} AS ${quoted(column.name)}`);
          }
        }
        continue;
      }
      const { sql, type, nullable } = emitExpr(item.expr, scope, this);
      const name = item.alias ?? (item.expr.k === "column" ? (item.expr.path.at(-1) ?? "") : item.text);
      columns.push({ name, type, nullable });
      list.push(`${sql} AS ${quoted(name)}`);
    }
    return { columns, list: list.join(", ") };
  }

  #from(item: FromItem, scope: Scope): string {
    if (item.k === "join") {
      const first = scope.relations.length;
      const left = this.#from(item.left, scope);
      const second = scope.relations.length;
      const right = this.#from(item.right, scope);
      // The side that may have no partner gives nulls, whatever its columns are declared as.
      if (/^(LEFT|FULL)/.test(item.how)) makeNullable(scope.relations, second, scope.relations.length);
      if (/^(RIGHT|FULL)/.test(item.how)) makeNullable(scope.relations, first, second);
      for (const name of item.using) scope.merged.add(name);
      const on = item.on ? ` ON ${emitExpr(item.on, scope, this).sql}` : "";
      const using = item.using.length > 0 ? ` USING (${item.using.map(quoted).join(", ")})` : "";
      return `${left} ${item.how} ${item.right.k === "join" ? `(${right})` : right}${on}${using}`;
    }
    if (item.k === "derived") {
      const { sql, columns } = this.query(item.query, scope.parent);
      const alias = item.alias ?? `_derived${++this.#derived}`;
      scope.relations.push({ alias, columns });
      return `(${sql}) AS ${quoted(alias)}`;
    }
    const { sql, relation } = this.relation(item.path, item.alias, item.at);
    scope.relations.push(relation);
    return `${sql} AS ${quoted(relation.alias)}`;
  }

  /** A table, view, or dictionary view by its name. Throws ORA-00942 when there is none. */
  relation(
    path: readonly string[],
    alias: string | undefined,
    at: number,
  ): { sql: string; relation: Relation } {
    const name = path.at(-1) ?? "";
    const shown = alias ?? name;
    const cte = path.length === 1 ? this.#ctes.get(name) : undefined;
    if (cte) return { sql: quoted(name), relation: { alias: shown, columns: cte } };
    const owner = path.length > 1 ? (path.at(-2) ?? "") : this.schema;
    const table = this.catalog.table(owner, name);
    if (table) {
      const columns = table.columns.map((column) => ({
        name: column.name,
        type: column.oracle,
        nullable: column.nullable,
      }));
      return { sql: tableName(table), relation: { alias: shown, owner, table: name, columns } };
    }
    const view = this.catalog.view(owner, name);
    if (view) {
      const emitter = new Emitter(this.catalog.whole, owner, this.dictionary);
      const inner = emitter.query(parseQuery(new TokenStream(view.text)), undefined);
      return {
        sql: `(${inner.sql})`,
        relation: { alias: shown, owner, table: name, columns: inner.columns },
      };
    }
    const isPublic = path.length === 1 || owner === "SYS" || owner === "PUBLIC";
    if (isPublic && name === "DUAL")
      return {
        sql: "(SELECT 'X' AS \"DUMMY\")",
        relation: { alias: shown, owner: "SYS", table: name, columns: DUAL },
      };
    const system = isPublic ? dictionaryView(name) : undefined;
    if (!system) throw new OracleError(942, "table or view does not exist", at);
    this.dictionary.add(system.name);
    return {
      sql: `temp.${quoted(system.name)}`,
      relation: { alias: shown, owner: "SYS", table: name, columns: system.columns },
    };
  }
}

function makeNullable(relations: Relation[], from: number, to: number): void {
  for (const relation of relations.slice(from, to)) {
    relation.columns = relation.columns.map((column) => ({ ...column, nullable: true }));
  }
}

function hasAggregate(expr: Expr): boolean {
  if (expr.k === "call" && !expr.over && AGGREGATES.has(expr.name)) return true;
  return Object.values(expr).some((part: unknown) => {
    if (Array.isArray(part))
      return part.some(
        (one) => typeof one === "object" && one !== null && "k" in one && hasAggregate(one as Expr),
      );
    return typeof part === "object" && part !== null && "k" in part && hasAggregate(part as Expr);
  });
}
