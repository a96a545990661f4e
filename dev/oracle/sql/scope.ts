import { quoted } from "../database.ts";
import { OracleError } from "../errors.ts";
import type { OracleType } from "../types.ts";

/** A piece of SQLite's SQL with what is known of its value. */
export interface Emitted {
  sql: string;
  type: OracleType | undefined;
  nullable: boolean;
}

/** A column that a relation or a query gives. */
export interface OutColumn {
  name: string;
  type: OracleType | undefined;
  nullable: boolean;
}

/** One item of a FROM clause. */
export interface Relation {
  alias: string;
  owner?: string;
  table?: string;
  columns: readonly OutColumn[];
}

/** The names that an expression can see: those of its own query block, then those of the blocks around it. */
export interface Scope {
  relations: Relation[];
  /** Columns that a USING clause made one. */
  merged: Set<string>;
  parent: Scope | undefined;
}

export function emptyScope(parent: Scope | undefined): Scope {
  return { relations: [], merged: new Set(), parent };
}

/** Finds a column. Throws ORA-00918 when several relations have it; undefined when none has. */
export function findColumn(path: readonly string[], scope: Scope, at: number): Emitted | undefined {
  const name = path.at(-1) ?? "";
  const qualifier = path.at(-2);
  const owner = path.at(-3);
  for (let block: Scope | undefined = scope; block; block = block.parent) {
    const found: { relation: Relation; column: OutColumn }[] = [];
    for (const relation of block.relations) {
      if (!matches(relation, qualifier, owner)) continue;
      const column = relation.columns.find((one) => one.name === name);
      if (column) found.push({ relation, column });
    }
    const [first] = found;
    if (!first) continue;
    const { type, nullable } = first.column;
    if (found.length === 1) return { sql: `${quoted(first.relation.alias)}.${quoted(name)}`, type, nullable };
    if (block.merged.has(name)) return { sql: quoted(name), type, nullable };
    throw new OracleError(918, `${name}: column ambiguously defined`, at);
  }
  return undefined;
}

function matches(relation: Relation, qualifier: string | undefined, owner: string | undefined): boolean {
  if (qualifier === undefined) return true;
  if (owner !== undefined) return relation.owner === owner && relation.table === qualifier;
  return relation.alias === qualifier;
}

/** The parts of an AND, one by one. */
export function conjuncts<T extends { k: string }>(expr: T | undefined): T[] {
  if (!expr) return [];
  const node = expr as unknown as { k: string; op?: string; left: T; right: T };
  return node.k === "binary" && node.op === "AND"
    ? [...conjuncts(node.left), ...conjuncts(node.right)]
    : [expr];
}
