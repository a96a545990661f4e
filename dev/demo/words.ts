import { styleText } from "node:util";

type Style = Parameters<typeof styleText>[0];

/** Colours on a terminal only: `styleText` looks at the stream, NO_COLOR and FORCE_COLOR. */
const style = (format: Style) => (text: string) => styleText(format, text, { stream: process.stdout });

export const bold = style("bold");
export const dim = style("dim");
export const green = style("green");
export const red = style("red");
export const yellow = style("yellow");
export const cyan = style("cyan");

/** `412 ms`, `8.3 s` or `2 min 5 s`. */
export function duration(milliseconds: number): string {
  if (milliseconds < 1_000) return `${Math.round(milliseconds)} ms`;
  if (milliseconds < 60_000) return `${(milliseconds / 1_000).toFixed(1)} s`;
  const seconds = Math.round(milliseconds / 1_000);
  return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}

/** Prints a line, or an empty one. */
export function say(line = ""): void {
  process.stdout.write(`${line}\n`);
}

/** Prints a heading with space around it. */
export function heading(text: string): void {
  say();
  say(bold(text));
}
