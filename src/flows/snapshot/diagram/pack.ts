/** Something with a size that is given a place. */
export interface Placed {
  width: number;
  height: number;
  x: number;
  y: number;
}

/** How much wider than high a packed picture should be: a screen's shape. */
const SHAPE = 1.6;

/**
 * Puts boxes on shelves, in their order, so that the whole is about as wide as a screen is. The boxes' x and y are set, from 0.
 * Returns the size of the whole.
 */
export function packed(boxes: readonly Placed[], gap: number): { width: number; height: number } {
  const area = boxes.reduce((sum, box) => sum + (box.width + gap) * (box.height + gap), 0);
  const widest = boxes.reduce((most, box) => Math.max(most, box.width), 0);
  const limit = Math.max(widest, Math.sqrt(area * SHAPE));
  let x = 0;
  let y = 0;
  let shelf = 0;
  let width = 0;
  for (const box of boxes) {
    if (x > 0 && x + box.width > limit) {
      x = 0;
      y += shelf + gap;
      shelf = 0;
    }
    box.x = x;
    box.y = y;
    x += box.width + gap;
    shelf = Math.max(shelf, box.height);
    width = Math.max(width, box.x + box.width);
  }
  return { width, height: y + shelf };
}
