import type { TextColumns } from "./columns.ts";

/** One value that did not fit its column as it was. Says how, never what the value is. */
export interface TextCut {
  /** "table.column", as Specify spells it. */
  column: string;
  /** Characters the value had. */
  length: number;
  /** Characters the column holds. */
  maxLength: number;
}

/**
 * Makes a text fit its column: cut to as many characters as the column holds (an emoji counts as one, and is never halved),
 * and, where the column's character set has only the Basic Multilingual Plane, with U+FFFD for characters beyond it.
 * `note` is told of each cut.
 */
export function fitText(
  value: string | null,
  column: string,
  columns: TextColumns,
  note: (cut: TextCut) => void,
): string | null {
  const limits = columns.get(column.toLowerCase());
  if (value === null || limits === undefined) return value;
  const { maxLength, characterSet } = limits;
  const writable = characterSet === "utf8mb4" ? value : value.replace(/[\u{10000}-\u{10FFFF}]/gu, "\uFFFD");
  return cutText(writable, maxLength, (length) => note({ column, length, maxLength }));
}

/** Cuts a text to so many characters, and no blank at its end; `note` is told how many it had. */
export function cutText(text: string, maxLength: number, note: (length: number) => void): string {
  // A text has at least as many UTF-16 units as characters, so most values need no counting.
  if (text.length <= maxLength) return text;
  const characters = [...text];
  if (characters.length <= maxLength) return text;
  note(characters.length);
  return characters.slice(0, maxLength).join("").trimEnd();
}
