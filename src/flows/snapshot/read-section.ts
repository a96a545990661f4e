import type { OraclePool } from "../../oracle/pool.ts";
import { type CatalogRow, type CatalogValue, type RowOf, SECTIONS, type SectionName } from "./catalog.ts";

/** Columns whose values are as many as there are rows: keeping one copy of each would save nothing. */
const UNLIKE = new Set(["column_id", "num_rows", "text_length"]);

/** Reads one dictionary view whole, ordered; only these owners, or every one that the account may see. */
export async function readSection<Name extends SectionName>(
  pool: OraclePool,
  name: Name,
  owners: readonly string[],
): Promise<RowOf<Name>[]> {
  const { columns, view } = SECTIONS[name];
  const rows: CatalogRow[] = [];
  const same = new Map<CatalogValue, CatalogValue>();
  /** Owners and names come many thousand times: one copy of each is kept. */
  const once = (value: CatalogValue): CatalogValue => {
    if (typeof value !== "string") return value;
    const known = same.get(value);
    if (known === undefined) same.set(value, value);
    return known ?? value;
  };
  await using lease = await pool.lease();
  for await (const batch of lease.session.stream(selectSection(name, owners.length), {
    binds: owners,
    doing: `reading ${view}`,
  })) {
    for (const read of batch) {
      const row: CatalogRow = {};
      for (const column of columns) {
        const value = read[column.toUpperCase()] as CatalogValue;
        row[column] = UNLIKE.has(column) ? value : once(value);
      }
      rows.push(row);
    }
  }
  return rows as RowOf<Name>[];
}

/** The query for a section, with so many binds for owners (none: no restriction). */
export function selectSection(name: SectionName, owners: number): string {
  const { columns, order, owner, view } = SECTIONS[name];
  const binds = Array.from({ length: owners }, (_none, index) => `:${index + 1}`);
  const where = owners === 0 ? "" : ` WHERE ${owner.toUpperCase()} IN (${binds.join(", ")})`;
  const selected = columns.map((column) => expression(column, owner));
  // By place: "owner" may be the name of a column and of another column's alias.
  const places = order.map((column) => (columns as readonly string[]).indexOf(column) + 1);
  return `SELECT ${selected.join(", ")} FROM ${view}${where} ORDER BY ${places.join(", ")}`;
}

function expression(column: string, owner: string): string {
  if (column === "owner" && owner !== "owner") return `${owner.toUpperCase()} AS OWNER`;
  if (column === "last_analyzed") return "TO_CHAR(LAST_ANALYZED, 'YYYY-MM-DD HH24:MI:SS') AS LAST_ANALYZED";
  return column.toUpperCase();
}
