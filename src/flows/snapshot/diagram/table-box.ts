import type { ModelReference, ModelTable } from "../model.ts";
import { clipped, HEADER, ROW, textWidth } from "./metrics.ts";

/** One line of a table's box. */
export interface BoxRow {
  mark: "PK" | "FK" | "";
  name: string;
  /** The type, or for a foreign key the table that it refers to. */
  note: string;
  /** The table that the note names, where it is in the diagram. */
  target: ModelTable | undefined;
}

/** A table as it is drawn; x and y are set by the layout. */
export interface TableBox {
  table: ModelTable;
  /** Of the SVG element. */
  id: string;
  rows: BoxRow[];
  /** Columns that are not shown. */
  hidden: number;
  width: number;
  height: number;
  x: number;
  y: number;
}

const MARK_WIDTH = 26;
const PADDING = 10;
const GAP = 16;
const NAME_LENGTH = 44;
const NOTE_LENGTH = 40;

/** The box of a table, with all its columns, or with those of its keys only. */
export function tableBox(
  table: ModelTable,
  id: string,
  references: readonly ModelReference[],
  keysOnly: boolean,
): TableBox {
  const targets = new Map<string, ModelTable>();
  for (const { columns, to } of references) {
    for (const column of columns) if (!targets.has(column)) targets.set(column, to);
  }
  const rows = table.columns
    .filter(({ name }) => !keysOnly || table.primaryKey.includes(name) || targets.has(name))
    .map(({ name, type, nullable }): BoxRow => {
      const target = targets.get(name);
      const isKey = table.primaryKey.includes(name);
      const referred = target && `→ ${target.owner === table.owner ? "" : `${target.owner}.`}${target.name}`;
      return {
        mark: isKey ? "PK" : target ? "FK" : "",
        name: clipped(name, NAME_LENGTH),
        note: clipped(referred ?? `${type}${nullable ? "" : " *"}`, NOTE_LENGTH),
        target,
      };
    });
  const hidden = table.columns.length - rows.length;
  const widest = Math.max(
    textWidth(clipped(table.name, NAME_LENGTH + NOTE_LENGTH)) * 1.1,
    ...rows.map(({ name, note }) => MARK_WIDTH + textWidth(name) + GAP + textWidth(note)),
    140,
  );
  const lines = rows.length + (hidden > 0 ? 1 : 0);
  const height = HEADER + lines * ROW + 6;
  return { table, id, rows, hidden, width: Math.ceil(widest + 2 * PADDING), height, x: 0, y: 0 };
}

/** The middle of a column's row, or of the header where the column is not shown. */
export function rowMiddle(box: TableBox, column: string): number {
  const index = box.rows.findIndex(({ name }) => name === clipped(column, NAME_LENGTH));
  return index < 0 ? box.y + HEADER / 2 : box.y + HEADER + index * ROW + ROW / 2;
}

/** Where the texts of a row begin and end, from the box's left edge. */
export function rowPlaces(box: TableBox): { mark: number; name: number; note: number } {
  return { mark: PADDING, name: PADDING + MARK_WIDTH, note: box.width - PADDING };
}
