import type { TableBox } from "./table-box.ts";

/** Which boxes a box refers to, and which refer to it. */
export interface Neighbours {
  parents: Map<TableBox, TableBox[]>;
  children: Map<TableBox, TableBox[]>;
}

const SWEEPS = 4;

/**
 * Sorts boxes into layers: each stands right of what it refers to (rings are cut where they close), and within a layer
 * near what it is joined with, so that lines cross less.
 */
export function layered(boxes: readonly TableBox[], { parents, children }: Neighbours): TableBox[][] {
  const depth = new Map<TableBox, number>();
  const open = new Set<TableBox>();
  const visit = (box: TableBox): number => {
    const known = depth.get(box);
    if (known !== undefined) return known;
    if (open.has(box)) return -1;
    open.add(box);
    const found = 1 + Math.max(-1, ...(parents.get(box) ?? []).map(visit));
    open.delete(box);
    depth.set(box, found);
    return found;
  };
  const layers: TableBox[][] = [];
  for (const box of boxes) {
    const layer = visit(box);
    layers[layer] ??= [];
    layers[layer].push(box);
  }
  const filled = layers.filter((layer) => layer !== undefined);
  for (let sweep = 0; sweep < SWEEPS; sweep += 1) {
    const isForward = sweep % 2 === 0;
    for (const layer of isForward ? filled : filled.toReversed()) {
      sortByNeighbours(layer, filled, isForward ? parents : children);
    }
  }
  return filled;
}

function sortByNeighbours(
  layer: TableBox[],
  layers: readonly TableBox[][],
  neighbours: Map<TableBox, TableBox[]>,
): void {
  const place = new Map<TableBox, number>();
  for (const one of layers) for (const [index, box] of one.entries()) place.set(box, index / one.length);
  const wanted = new Map<TableBox, number>();
  for (const box of layer) {
    const near = neighbours.get(box) ?? [];
    const sum = near.reduce((total, other) => total + (place.get(other) ?? 0), 0);
    wanted.set(box, near.length === 0 ? (place.get(box) ?? 0) : sum / near.length);
  }
  layer.sort((one, other) => (wanted.get(one) ?? 0) - (wanted.get(other) ?? 0));
}
