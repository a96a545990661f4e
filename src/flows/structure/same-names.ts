/** Rows of Specify that have the name of one row of the file. */
interface SameNames<Row> {
  /** Such as `divisions named "Biology"`. */
  what: string;
  /** Ordered by number. */
  matching: readonly Row[];
  /** Which of several is rather meant, and how that is said; the first where none is. */
  preferred?: { why: string; is: (row: Row) => boolean };
}

/** The row that is taken, of several the preferred one; `warn` is told when there are several. */
export function chosen<Row extends { id: number }>(
  { what, matching, preferred }: SameNames<Row>,
  warn: (line: string) => void,
): Row | undefined {
  const [first] = matching;
  if (first === undefined || matching.length === 1) return first;
  const better = preferred && matching.find(preferred.is);
  const taken = better ?? first;
  warn(
    `Specify has ${matching.length} ${what} (numbers ${matching.map(({ id }) => id).join(", ")}). Number ${taken.id} is taken, ` +
      `${better === undefined ? "the first of them" : preferred?.why}. Rename or remove the others in Specify.`,
  );
  return taken;
}
