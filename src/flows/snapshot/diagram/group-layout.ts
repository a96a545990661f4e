import { layered, type Neighbours } from "./layers.ts";
import { type Placed, packed } from "./pack.ts";
import type { TableBox } from "./table-box.ts";

const BETWEEN_LAYERS = 90;
const BETWEEN_COLUMNS = 30;
const BETWEEN_ROWS = 18;
const BETWEEN_GROUPS = 50;

/**
 * Gives the boxes of one owner their places, from 0: tables that are joined stand together, in layers from left to right; those
 * that are joined with nothing fill shelves below. Returns the size of the whole.
 */
export function placeOwner(
  boxes: readonly TableBox[],
  neighbours: Neighbours,
): { width: number; height: number } {
  const groups = connected(boxes, neighbours);
  const joined = groups.filter((group) => group.length > 1);
  const alone = groups.filter((group) => group.length === 1).flat();
  const blocks = joined.map((group) => ({ group, ...placeGroup(group, neighbours), x: 0, y: 0 }));
  blocks.sort((one, other) => other.height - one.height);
  if (alone.length > 0) {
    alone.sort((one, other) => other.height - one.height);
    blocks.push({ group: alone, ...packed(alone, BETWEEN_COLUMNS), x: 0, y: 0 });
  }
  const size = packed(blocks, BETWEEN_GROUPS);
  for (const { group, x, y } of blocks) moveBy(group, x, y);
  return size;
}

/** Moves boxes by so many pixels. */
export function moveBy(boxes: readonly Placed[], x: number, y: number): void {
  for (const box of boxes) {
    box.x += x;
    box.y += y;
  }
}

/** Boxes that hang together, as one group each; the order of the boxes is kept. */
function connected(boxes: readonly TableBox[], { parents, children }: Neighbours): TableBox[][] {
  const seen = new Set<TableBox>();
  const groups: TableBox[][] = [];
  for (const start of boxes) {
    if (seen.has(start)) continue;
    seen.add(start);
    const group = [start];
    for (const box of group) {
      for (const other of [...(parents.get(box) ?? []), ...(children.get(box) ?? [])]) {
        if (seen.has(other)) continue;
        seen.add(other);
        group.push(other);
      }
    }
    groups.push(group);
  }
  return groups;
}

function placeGroup(group: readonly TableBox[], neighbours: Neighbours): { width: number; height: number } {
  const area = group.reduce(
    (sum, box) => sum + (box.width + BETWEEN_COLUMNS) * (box.height + BETWEEN_ROWS),
    0,
  );
  const tallest = Math.max(...group.map(({ height }) => height));
  const limit = Math.max(tallest, Math.sqrt(area) * 1.1);
  let x = 0;
  for (const layer of layered(group, neighbours)) {
    const columns = inColumns(layer, limit);
    for (const column of columns) {
      stack(column, x);
      if (columns.length === 1) alignWithParents(column, neighbours, limit);
      x += Math.max(...column.map(({ width }) => width)) + BETWEEN_COLUMNS;
    }
    x += BETWEEN_LAYERS - BETWEEN_COLUMNS;
  }
  const height = Math.max(...group.map((box) => box.y + box.height));
  return { width: x - BETWEEN_LAYERS, height };
}

/** A layer that is too high becomes several columns. */
function inColumns(layer: readonly TableBox[], limit: number): TableBox[][] {
  const columns: TableBox[][] = [[]];
  let height = 0;
  for (const box of layer) {
    if (height > 0 && height + box.height > limit) {
      columns.push([]);
      height = 0;
    }
    columns.at(-1)?.push(box);
    height += box.height + BETWEEN_ROWS;
  }
  return columns;
}

function stack(column: readonly TableBox[], x: number): void {
  let y = 0;
  for (const box of column) {
    box.x = x;
    box.y = y;
    y += box.height + BETWEEN_ROWS;
  }
}

/** Moves each box towards the middle of what it refers to, as far as its neighbours above and the limit allow. */
function alignWithParents(column: readonly TableBox[], { parents }: Neighbours, limit: number): void {
  let room = limit - column.reduce((sum, box) => sum + box.height + BETWEEN_ROWS, 0);
  let bottom = 0;
  for (const box of column) {
    const near = (parents.get(box) ?? []).filter((parent) => parent.x < box.x);
    const middle = near.reduce((sum, parent) => sum + parent.y + parent.height / 2, 0) / near.length;
    const wanted = near.length === 0 ? bottom : middle - box.height / 2;
    const extra = Math.min(Math.max(0, wanted - bottom), Math.max(0, room));
    room -= extra;
    box.y = bottom + extra;
    bottom = box.y + box.height + BETWEEN_ROWS;
  }
}
