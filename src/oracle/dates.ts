const EXACT_FORMAT = 'SYYYY-MM-DD"T"HH24:MI:SS';
const EXACT = /^[ -]\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$/;

/**
 * A DATE as text, to be selected in place of the DATE itself: `SELECT ${exactDateSql("A.BIRTHDATE")} AS BIRTHDATE`.
 *
 * node-oracledb makes a JavaScript date in this machine's time zone of it, which loses two kinds of values for good: an hour that
 * summer time leaves out becomes the next one, and the years 0 to 99 become 1900 to 1999. A text is what stands in the
 * database, on every machine. `parseExactDate` reads it.
 */
export function exactDateSql(expression: string): string {
  return `TO_CHAR(${expression}, '${EXACT_FORMAT}')`;
}

/** A DATE of Oracle: its own figures, without a time zone. */
export interface ExactDate {
  /** Negative before Christ; there is no year 0. */
  year: number;
  /** From 1. */
  month: number;
  day: number;
  hour: number;
  minute: number;
  second: number;
}

/**
 * Reads what `exactDateSql` selects; null stays null.
 * @throws TypeError for a text of another form, as when the column was selected without `exactDateSql`
 */
export function parseExactDate(text: unknown): ExactDate | null {
  if (text === null) return null;
  if (typeof text !== "string" || !EXACT.test(text))
    throw new TypeError(`"${String(text)}" is no exact date: select the column by exactDateSql(…).`);
  const figures = (from: number, to: number): number => Number(text.slice(from, to));
  const year = figures(1, 5);
  return {
    year: text.startsWith("-") ? -year : year,
    month: figures(6, 8),
    day: figures(9, 11),
    hour: figures(12, 14),
    minute: figures(15, 17),
    second: figures(18, 20),
  };
}
