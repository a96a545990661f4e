import { type Catalog, type CatalogRow, SECTION_NAMES, type SectionName } from "./catalog.ts";

/** The kinds of things whose changes are told. */
export const KINDS = ["tables", "columns", "constraints", "indexes", "views"] as const;
export type Kind = (typeof KINDS)[number];

/** One thing of a schema, with what counts as a change of it. */
export interface Item {
  /** `OWNER.TABLE.NAME`, as it is told. */
  name: string;
  /** `OWNER.TABLE` that it belongs to. */
  table: string;
  /** The values of the kind's fields, in their order. */
  values: readonly string[];
}

/** All things of a snapshot, by kind and by what makes them the same thing in another snapshot. */
export type Inventory = Record<Kind, Map<string, Item>>;

/**
 * What counts as a change. Statistics (num_rows, last_analyzed) do not, nor does a column's place, which moves when another
 * one goes.
 */
export const FIELDS: Record<Kind, readonly string[]> = {
  tables: ["tablespace_name"],
  columns: [
    "data_type",
    "data_length",
    "data_precision",
    "data_scale",
    "nullable",
    "char_used",
    "char_length",
  ],
  constraints: ["constraint_type", "columns", "r_owner", "r_constraint_name", "status", "validated"],
  indexes: ["uniqueness", "index_type", "columns", "status"],
  views: ["text_length"],
};

const NAME_COLUMN: Record<Kind, string> = {
  tables: "table_name",
  columns: "column_name",
  constraints: "constraint_name",
  indexes: "index_name",
  views: "view_name",
};

/** Names that Oracle made: the same constraint has another one when it is made again. */
const GENERATED = /^SYS_(?:C|IL)\d+/;

type Rows = Iterable<[SectionName, CatalogRow]> | AsyncIterable<[SectionName, CatalogRow]>;

/**
 * Makes the inventory of a snapshot from its rows, in the order in which a catalog has them. What is as in `known`, another
 * inventory, is taken from there: two snapshots of one database take hardly more memory than one.
 */
export async function inventoryOf(rows: Rows, known?: Inventory): Promise<Inventory> {
  const found: Inventory = {
    tables: new Map(),
    columns: new Map(),
    constraints: new Map(),
    indexes: new Map(),
    views: new Map(),
  };
  const columns = { constraints: new Map<string, string[]>(), indexes: new Map<string, string[]>() };
  const items = new ItemMaker();
  for await (const [section, row] of rows) {
    if (section === "constraint_columns") {
      append(columns.constraints, path(row, "constraint_name"), String(row.column_name));
    } else if (section === "index_columns") {
      const direction = row.descend === "DESC" ? " DESC" : "";
      append(columns.indexes, path(row, "index_name"), `${row.column_name}${direction}`);
    } else {
      const item = items.make(section, row);
      add(found[section], item.name, item, known?.[section]);
    }
  }
  for (const kind of ["constraints", "indexes"] as const) {
    const place = FIELDS[kind].indexOf("columns");
    const named = found[kind];
    found[kind] = new Map();
    for (const [name, { table, values }] of named) {
      const all = values.with(place, (columns[kind].get(name) ?? []).join(", "));
      const isGenerated = GENERATED.test(name.slice(table.length + 1));
      const id = isGenerated ? `${table}\0${all.join("\0")}` : name;
      add(found[kind], id, { name, table, values: all }, known?.[kind]);
    }
  }
  return found;
}

/** Adds an item, or the same one of another inventory. */
function add(items: Map<string, Item>, id: string, item: Item, known: Map<string, Item> | undefined): void {
  const twin = known?.get(id);
  const isSame =
    twin?.name === item.name && twin.values.every((value, index) => value === item.values[index]);
  if (twin && isSame) items.set(twin.name === id ? twin.name : id, twin);
  else items.set(id, item);
}

/** The rows of a catalog in memory, in the order of the file. */
export function* rowsOf(catalog: Catalog): Generator<[SectionName, CatalogRow]> {
  for (const section of SECTION_NAMES) for (const row of catalog[section]) yield [section, row];
}

/** Makes items that share what is alike: most columns have one of a few types, and stand in a table with others. */
class ItemMaker {
  readonly #values = new Map<string, string[]>();
  #table = "";

  make(kind: Kind, row: CatalogRow): Item {
    const owned = `${row.owner}.${kind === "views" ? row.view_name : row.table_name}`;
    if (owned !== this.#table) this.#table = owned;
    const table = this.#table;
    const name = kind === "tables" || kind === "views" ? table : path(row, NAME_COLUMN[kind]);
    const fresh = FIELDS[kind].map((field) => String(row[field] ?? ""));
    const key = fresh.join("\0");
    const values = this.#values.get(key) ?? fresh;
    if (values === fresh) this.#values.set(key, fresh);
    return { name, table, values };
  }
}

function path(row: CatalogRow, name: string): string {
  return `${row.owner}.${row.table_name}.${row[name]}`;
}

function append(lists: Map<string, string[]>, key: string, value: string): void {
  const list = lists.get(key);
  if (list) list.push(value);
  else lists.set(key, [value]);
}
