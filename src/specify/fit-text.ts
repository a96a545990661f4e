import type { TextColumns } from "./columns.ts";

/** What was done to one value so that it fits its column. Says how, never what the value is. */
export type TextChange =
  | {
      /** "table.column", as Specify spells it. */
      column: string;
      kind: "cut";
      /** Characters the value had. */
      length: number;
      /** Characters the column holds. */
      maxLength: number;
    }
  | {
      column: string;
      kind: "replaced";
      /** Characters that became U+FFFD. */
      count: number;
      /** The column's, which does not have them. */
      characterSet: string;
    };

/** Half of what UTF-16 makes of a character beyond the Basic Multilingual Plane. */
const SURROGATE = /[\uD800-\uDFFF]/;

/** "agent.Email had 70 characters, cut to 50" */
export function changeInWords(change: TextChange): string {
  if (change.kind === "cut")
    return `${change.column} had ${change.length} characters, cut to ${change.maxLength}`;
  const { column, count, characterSet } = change;
  return (
    `${column} cannot hold ${count} of its characters (its character set is ${characterSet}), ` +
    `U+FFFD stands in ${count === 1 ? "its" : "their"} place`
  );
}

/**
 * Makes a text fit its column: cut to as many characters as the column holds (an emoji counts as one, and is never halved),
 * and, where the column's character set has only the Basic Multilingual Plane, with U+FFFD for characters beyond it.
 * `note` is told of each change.
 */
export function fitText(
  value: string | null,
  column: string,
  columns: TextColumns,
  note: (change: TextChange) => void,
): string | null {
  if (value === null) return null;
  const limits = columns.get(column) ?? columns.get(column.toLowerCase());
  if (limits === undefined) return value;
  const { maxLength, characterSet } = limits;
  // Nearly all values: nothing is made for them, which would be looked through by the garbage collector a million times.
  if (value.length <= maxLength && (characterSet === "utf8mb4" || !SURROGATE.test(value))) return value;
  const fitted = cutText(value, maxLength, (length) => note({ column, kind: "cut", length, maxLength }));
  if (characterSet === "utf8mb4") return fitted;
  let count = 0;
  const writable = fitted.replace(/[\u{10000}-\u{10FFFF}]/gu, () => {
    count += 1;
    return "\uFFFD";
  });
  if (count > 0) note({ column, kind: "replaced", count, characterSet });
  return writable;
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
