/** Sizes of the diagram, in pixels. */
export const ROW = 17;
export const HEADER = 26;
export const FONT_SIZE = 12;
/** Width of a character of a monospaced font, by its size. */
const CHARACTER = 0.602;

/** The width of a text in the diagram's font. */
export function textWidth(text: string, size = FONT_SIZE): number {
  return [...text].length * size * CHARACTER;
}

/** A text cut to so many characters, with "…" for the rest. */
export function clipped(text: string, length: number): string {
  const characters = [...text];
  return characters.length <= length ? text : `${characters.slice(0, length - 1).join("")}…`;
}
