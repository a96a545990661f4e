import type { ModelReference, ModelTable, SchemaModel } from "../model.ts";
import { moveBy, placeOwner } from "./group-layout.ts";
import type { Neighbours } from "./layers.ts";
import { textWidth } from "./metrics.ts";
import { packed } from "./pack.ts";
import { type TableBox, tableBox } from "./table-box.ts";

/** All tables of one owner, in a frame. */
export interface OwnerFrame {
  owner: string;
  id: string;
  title: string;
  /** Pixels: larger on a large frame, so that it can be read when the whole is made small. */
  titleSize: number;
  boxes: TableBox[];
  x: number;
  y: number;
  width: number;
  height: number;
}

/** A foreign key as a line. */
export interface Line {
  reference: ModelReference;
  from: TableBox;
  to: TableBox;
}

/** Everything in its place. */
export interface DiagramLayout {
  frames: OwnerFrame[];
  lines: Line[];
  boxOf: ReadonlyMap<ModelTable, TableBox>;
  /** True where only columns of keys are shown. */
  keysOnly: boolean;
  width: number;
  height: number;
}

/** With more tables than this, only keys are drawn, and lines between owners are given in words instead. */
const DETAILED_TABLES = 60;
const FRAME_PADDING = 24;
const TITLE_SIZES = { least: 17, most: 110, share: 0.016 };
const BETWEEN_FRAMES = 40;

/** Lays a schema out by owner, the largest first. */
export function diagramLayout(model: SchemaModel): DiagramLayout {
  const keysOnly = model.tables.length > DETAILED_TABLES;
  const referencesOf = Map.groupBy(model.references, ({ from }) => from);
  const boxOf = new Map<ModelTable, TableBox>();
  for (const [index, table] of model.tables.entries()) {
    boxOf.set(table, tableBox(table, `t${index}`, referencesOf.get(table) ?? [], keysOnly));
  }
  const lines: Line[] = [];
  const neighbours: Neighbours = { parents: new Map(), children: new Map() };
  for (const reference of model.references) {
    const from = boxOf.get(reference.from);
    const to = boxOf.get(reference.to);
    if (!from || !to) continue;
    const isWithin = reference.from.owner === reference.to.owner;
    if (isWithin || !keysOnly) lines.push({ reference, from, to });
    if (!isWithin || from === to) continue;
    append(neighbours.parents, from, to);
    append(neighbours.children, to, from);
  }
  const owners = Map.groupBy(boxOf.values(), ({ table }) => table.owner);
  const frames = [...owners].map(([owner, boxes], index) => {
    const title = `${owner}  ${boxes.length} ${boxes.length === 1 ? "table" : "tables"}`;
    const { width, height } = placeOwner(boxes, neighbours);
    const titleSize = Math.round(
      Math.min(TITLE_SIZES.most, Math.max(TITLE_SIZES.least, width * TITLE_SIZES.share)),
    );
    return {
      owner,
      id: `o${index}`,
      title,
      titleSize,
      boxes,
      x: 0,
      y: 0,
      width: Math.max(width, textWidth(title, titleSize)) + 2 * FRAME_PADDING,
      height: height + titleRoom(titleSize) + FRAME_PADDING,
    };
  });
  frames.sort((one, other) => other.height - one.height || one.owner.localeCompare(other.owner));
  const size = packed(frames, BETWEEN_FRAMES);
  for (const { boxes, titleSize, x, y } of frames) moveBy(boxes, x + FRAME_PADDING, y + titleRoom(titleSize));
  return { frames, lines, boxOf, keysOnly, ...size };
}

/** The room above an owner's tables: its title, what hangs below the line of that, and a gap. */
function titleRoom(titleSize: number): number {
  return Math.round(titleSize * 1.3) + 22;
}

function append(lists: Map<TableBox, TableBox[]>, key: TableBox, value: TableBox): void {
  const list = lists.get(key);
  if (!list) lists.set(key, [value]);
  else if (!list.includes(value)) list.push(value);
}
