import type { Line } from "./layout.ts";
import { rowMiddle } from "./table-box.ts";

const LEAST_BEND = 40;

/** The curve of a foreign key, from its first column to the column that it refers to. */
export function linePath({ reference, from, to }: Line): string {
  const [column = ""] = reference.columns;
  const [target = ""] = reference.toColumns;
  const startY = rowMiddle(from, column);
  const endY = rowMiddle(to, target);
  const isRightOf = from.x > to.x + to.width;
  const isLeftOf = from.x + from.width < to.x;
  // Boxes above each other, and a table that refers to itself: a bow at the right side.
  const startX = isRightOf ? from.x : from.x + from.width;
  const endX = isLeftOf ? to.x : to.x + to.width;
  const bend = Math.max(LEAST_BEND, Math.abs(startX - endX) * 0.4);
  const startBend = isRightOf ? -bend : bend;
  const endBend = isLeftOf ? -bend : bend;
  const points = [startX + startBend, startY, endX + endBend, endY, endX, endY].map(Math.round);
  return `M${Math.round(startX)} ${Math.round(startY)}C${points.join(" ")}`;
}
