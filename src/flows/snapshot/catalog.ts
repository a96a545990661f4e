/** A value of a dictionary view. */
export type CatalogValue = string | number | null;

/** One row of a section, by lower-case column name. */
export type CatalogRow<Column extends string = string> = Record<Column, CatalogValue>;

/** One array of a snapshot's catalog: which dictionary view it comes from, its columns, and its order. */
interface Section {
  readonly view: string;
  /** The view's column that holds the owner. */
  readonly owner: string;
  readonly columns: readonly string[];
  readonly order: readonly string[];
}

/**
 * The seven arrays of `schema_catalog.json`. Columns and their order are those of the CSV files too; operators' tools read
 * them, so they stay as they are.
 */
export const SECTIONS = {
  tables: {
    view: "ALL_TABLES",
    owner: "owner",
    columns: ["owner", "table_name", "tablespace_name", "num_rows", "last_analyzed"],
    order: ["owner", "table_name"],
  },
  columns: {
    view: "ALL_TAB_COLUMNS",
    owner: "owner",
    columns: [
      "owner",
      "table_name",
      "column_name",
      "data_type",
      "data_length",
      "data_precision",
      "data_scale",
      "nullable",
      "column_id",
      "char_used",
      "char_length",
    ],
    order: ["owner", "table_name", "column_id"],
  },
  constraints: {
    view: "ALL_CONSTRAINTS",
    owner: "owner",
    columns: [
      "owner",
      "table_name",
      "constraint_name",
      "constraint_type",
      "r_owner",
      "r_constraint_name",
      "status",
      "validated",
    ],
    order: ["owner", "table_name", "constraint_name"],
  },
  constraint_columns: {
    view: "ALL_CONS_COLUMNS",
    owner: "owner",
    columns: ["owner", "table_name", "constraint_name", "column_name", "position"],
    order: ["owner", "table_name", "constraint_name", "position", "column_name"],
  },
  indexes: {
    view: "ALL_INDEXES",
    owner: "owner",
    columns: ["owner", "table_name", "index_name", "uniqueness", "index_type", "status"],
    order: ["owner", "table_name", "index_name"],
  },
  index_columns: {
    view: "ALL_IND_COLUMNS",
    owner: "index_owner",
    columns: ["owner", "table_name", "index_name", "column_name", "column_position", "descend"],
    order: ["owner", "table_name", "index_name", "column_position"],
  },
  views: {
    view: "ALL_VIEWS",
    owner: "owner",
    columns: ["owner", "view_name", "text_length"],
    order: ["owner", "view_name"],
  },
} as const satisfies Record<string, Section>;

export type SectionName = keyof typeof SECTIONS;

/** The names of the arrays, in the order of the file. */
export const SECTION_NAMES = Object.keys(SECTIONS) as SectionName[];

/** A row of one section. */
export type RowOf<Name extends SectionName> = CatalogRow<(typeof SECTIONS)[Name]["columns"][number]>;

/** Where a snapshot was taken. */
export interface SnapshotSource {
  host: string;
  port: number;
  service_name: string;
  /** The owners that were asked for; empty for every one that the account may see. */
  owners_filter: string[];
}

/** Everything that a snapshot holds. */
export type Catalog = { generated_at_utc: string; source: SnapshotSource } & {
  [Name in SectionName]: RowOf<Name>[];
};

/** How many rows each section has. */
export function countsOf(catalog: Catalog): Record<SectionName, number> {
  const counts = SECTION_NAMES.map((name) => [name, catalog[name].length] as const);
  return Object.fromEntries(counts) as Record<SectionName, number>;
}
