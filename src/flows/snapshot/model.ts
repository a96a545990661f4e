import type { Catalog, CatalogValue } from "./catalog.ts";
import { typeText } from "./type-text.ts";

/** A column as diagrams show it. */
export interface ModelColumn {
  name: string;
  /** As in DDL: `VARCHAR2(200 CHAR)`. */
  type: string;
  nullable: boolean;
}

/** A table that has columns, with its keys. */
export interface ModelTable {
  owner: string;
  name: string;
  columns: ModelColumn[];
  /** Empty when there is none. */
  primaryKey: string[];
  uniqueKeys: string[][];
}

/** A foreign key between two tables of the model; as many columns on either side. */
export interface ModelReference {
  name: string;
  from: ModelTable;
  columns: string[];
  to: ModelTable;
  toColumns: string[];
}

/** What a snapshot says of tables and of what refers to what. */
export interface SchemaModel {
  tables: ModelTable[];
  references: ModelReference[];
  /** Foreign keys to tables that this account may not see. */
  unresolved: number;
}

/** Puts tables, keys and references together. Tables without columns are left out: there is nothing to draw. */
export function schemaModel(catalog: Catalog): SchemaModel {
  const tables = modelTables(catalog);
  const byConstraint = constraintColumns(catalog);
  const references: ModelReference[] = [];
  let unresolved = 0;
  for (const row of catalog.constraints) {
    const own = byConstraint.get(id(row.owner, row.constraint_name));
    const table = tables.get(id(row.owner, row.table_name));
    if (!own || !table) continue;
    if (row.constraint_type === "P") table.primaryKey = own.columns;
    else if (row.constraint_type === "U") table.uniqueKeys.push(own.columns);
    else if (row.constraint_type === "R") {
      const target = byConstraint.get(id(row.r_owner, row.r_constraint_name));
      const to = target && tables.get(id(row.r_owner, target.table));
      if (target && to && target.columns.length === own.columns.length) {
        references.push({
          name: String(row.constraint_name),
          from: table,
          columns: own.columns,
          to,
          toColumns: target.columns,
        });
      } else unresolved += 1;
    }
  }
  return { tables: [...tables.values()], references, unresolved };
}

function modelTables(catalog: Catalog): Map<string, ModelTable> {
  const tables = new Map<string, ModelTable>();
  for (const { owner, table_name } of catalog.tables) {
    const table = {
      owner: String(owner),
      name: String(table_name),
      columns: [],
      primaryKey: [],
      uniqueKeys: [],
    };
    tables.set(id(owner, table_name), table);
  }
  // Columns come in their order; those of views belong to no table.
  for (const row of catalog.columns) {
    tables
      .get(id(row.owner, row.table_name))
      ?.columns.push({ name: String(row.column_name), type: typeText(row), nullable: row.nullable !== "N" });
  }
  for (const [key, table] of tables) if (table.columns.length === 0) tables.delete(key);
  return tables;
}

/** The columns of each constraint, in their order. A constraint's name is unique among those of its owner. */
function constraintColumns(catalog: Catalog): Map<string, { table: string; columns: string[] }> {
  const found = new Map<string, { table: string; columns: string[] }>();
  for (const { owner, table_name, constraint_name, column_name } of catalog.constraint_columns) {
    const key = id(owner, constraint_name);
    const known = found.get(key);
    if (known) known.columns.push(String(column_name));
    else found.set(key, { table: String(table_name), columns: [String(column_name)] });
  }
  return found;
}

/** A key for owner and name; neither can hold a NUL. */
function id(owner: CatalogValue, name: CatalogValue): string {
  return `${owner}\0${name}`;
}
