import { type OracleType, parseType } from "./types.ts";

/** A column as the configuration gives it. `type` is written as in DDL: `NUMBER(10,0)`, `VARCHAR2(200 CHAR)`. */
export interface CatalogColumn {
  name: string;
  type: string;
  /** True unless said otherwise; a column of the primary key is never nullable. */
  nullable?: boolean;
  /** The DEFAULT expression, in Oracle's SQL. */
  default?: string;
  comment?: string;
}

/** A foreign key; `references.owner` is the table's own owner unless said otherwise. */
export interface CatalogForeignKey {
  name?: string;
  columns: string[];
  references: { owner?: string; table: string; columns: string[] };
}

/** A primary key: its columns, or its name and columns. */
export type CatalogKey = string[] | { name: string; columns: string[] };

/** A table as the configuration gives it. */
export interface CatalogTable {
  name: string;
  columns: CatalogColumn[];
  primaryKey?: CatalogKey;
  uniqueKeys?: { name?: string; columns: string[] }[];
  foreignKeys?: CatalogForeignKey[];
  indexes?: { name: string; columns: string[]; unique?: boolean }[];
  comment?: string;
  tablespace?: string;
  /** What the last gathering of statistics counted; left out, none were gathered. */
  numRows?: number;
  /** When that was, `YYYY-MM-DD HH:MM:SS`. */
  lastAnalyzed?: string;
}

/** A view: a name and its SELECT, in Oracle's SQL. */
export interface CatalogView {
  name: string;
  text: string;
  /** Described columns; left out, the dictionary names none. */
  columns?: CatalogColumn[];
}

/** All tables and views of one owner. */
export interface CatalogSchema {
  owner: string;
  tables: CatalogTable[];
  views?: CatalogView[];
}

/** A column with its type taken apart. */
export interface Column extends CatalogColumn {
  nullable: boolean;
  oracle: OracleType;
}

/** A key or a check of a table, with its name in the dictionary. */
export interface Key {
  name: string;
  columns: string[];
}

/** A table as the server uses it. */
export interface Table {
  owner: string;
  name: string;
  columns: Column[];
  primaryKey: Key | undefined;
  uniqueKeys: Key[];
  foreignKeys: (Key & { references: { owner: string; table: string; columns: string[] } })[];
  indexes: (Key & { unique: boolean })[];
  comment: string | undefined;
  tablespace: string;
  numRows: number | undefined;
  lastAnalyzed: string | undefined;
}

/** A view as the server uses it. */
export interface View {
  owner: string;
  name: string;
  text: string;
  columns: Column[];
}

/** The owners, tables and views that the server knows, with the types that SQLite cannot keep. */
export class Catalog {
  readonly #owners = new Set<string>();
  readonly #tables = new Map<string, Table>();
  readonly #views = new Map<string, View>();
  #nextName = 8000;
  #version = 0;

  /** Raised by each change, so that what was computed from the catalog can be computed again. */
  get version(): number {
    return this.#version;
  }

  get owners(): Set<string> {
    return this.#owners;
  }

  /** Everything, whoever asks: a view reads with its owner's rights. */
  get whole(): Catalog {
    return this;
  }

  /** To be called when a table or view was changed in its place. */
  changed(): void {
    this.#version++;
  }

  get tables(): Iterable<Table> {
    return this.#tables.values();
  }

  get views(): Iterable<View> {
    return this.#views.values();
  }

  table(owner: string, name: string): Table | undefined {
    return this.#tables.get(`${owner}.${name}`);
  }

  view(owner: string, name: string): View | undefined {
    return this.#views.get(`${owner}.${name}`);
  }

  /** Adds a table. Throws ORA-00902 for an unknown type; says which column. */
  addTable(owner: string, given: CatalogTable): Table {
    const key = Array.isArray(given.primaryKey) ? { columns: given.primaryKey } : given.primaryKey;
    const primaryKey = key && this.#named(key);
    const table: Table = {
      owner,
      name: given.name,
      columns: given.columns.map((column) => readColumn(column, primaryKey?.columns ?? [])),
      primaryKey,
      uniqueKeys: (given.uniqueKeys ?? []).map((one) => this.#named(one)),
      foreignKeys: (given.foreignKeys ?? []).map((one) => ({
        ...this.#named(one),
        references: { ...one.references, owner: one.references.owner ?? owner },
      })),
      indexes: (given.indexes ?? []).map((one) => ({ ...one, unique: one.unique ?? false })),
      comment: given.comment,
      tablespace: given.tablespace ?? "USERS",
      numRows: given.numRows,
      lastAnalyzed: given.lastAnalyzed,
    };
    this.owners.add(owner);
    this.#tables.set(`${owner}.${table.name}`, table);
    this.changed();
    return table;
  }

  addView(owner: string, given: CatalogView): View {
    const columns = (given.columns ?? []).map((column) => readColumn(column, []));
    const view = { owner, name: given.name, text: given.text, columns };
    this.owners.add(owner);
    this.#views.set(`${owner}.${view.name}`, view);
    this.changed();
    return view;
  }

  dropTable(owner: string, name: string): void {
    if (this.#tables.delete(`${owner}.${name}`)) this.changed();
  }

  dropView(owner: string, name: string): void {
    if (this.#views.delete(`${owner}.${name}`)) this.changed();
  }

  /** A name as Oracle makes them for constraints that have none. */
  nextName(): string {
    return `SYS_C${String(++this.#nextName).padStart(7, "0")}`;
  }

  #named(key: { name?: string; columns: string[] }): Key {
    return { name: key.name ?? this.nextName(), columns: key.columns };
  }
}

function readColumn(column: CatalogColumn, keyColumns: readonly string[]): Column {
  const nullable = !keyColumns.includes(column.name) && (column.nullable ?? true);
  return { ...column, nullable, oracle: parseType(column.type) };
}
