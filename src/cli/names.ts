/** The known names that resemble a name that was not found, the closest first; at most three. */
export function closeNames(name: string, known: string[]): string[] {
  const wanted = name.toLowerCase();
  return known
    .map((candidate) => ({ candidate, distance: editDistance(wanted, candidate.toLowerCase()) }))
    .filter(
      ({ candidate, distance }) =>
        distance <= Math.max(2, Math.ceil(Math.min(name.length, candidate.length) / 3)),
    )
    .sort((one, other) => one.distance - other.distance)
    .slice(0, 3)
    .map(({ candidate }) => candidate);
}

/** A sentence that offers names that resemble the one not found, else lists the known ones, else says what to do. */
export function suggestion(name: string, known: string[], whenNone: string): string {
  const close = closeNames(name, known);
  if (close.length > 0) return `Did you mean ${listed(close)}?`;
  if (known.length === 0) return whenNone;
  const shown = known.slice(0, 10);
  const more = known.length > shown.length ? ` and ${known.length - shown.length} more` : "";
  return `Known: ${shown.map((text) => `'${text}'`).join(", ")}${more}.`;
}

function listed(names: string[]): string {
  return names.map((name) => `'${name}'`).join(" or ");
}

/** Levenshtein's distance: the fewest letters to insert, delete or replace. */
function editDistance(one: string, other: string): number {
  let above = Array.from({ length: other.length + 1 }, (_, index) => index);
  for (let row = 1; row <= one.length; row += 1) {
    const line = [row];
    for (let column = 1; column <= other.length; column += 1) {
      const replaced = (above[column - 1] ?? 0) + (one[row - 1] === other[column - 1] ? 0 : 1);
      line.push(Math.min(replaced, (above[column] ?? 0) + 1, (line[column - 1] ?? 0) + 1));
    }
    above = line;
  }
  return above[other.length] ?? 0;
}
