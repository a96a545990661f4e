/** A name as an agent holds it. */
export interface PersonName {
  firstName: string | null;
  lastName: string;
}

const UNKNOWN = "(unknown)";

/**
 * Splits a name as it stands in Oracle. "Last, First" and "First Middle Last" (only the last word is the last name);
 * one word is a last name; nothing at all is "(unknown)".
 */
export function splitName(name: string | null): PersonName {
  const text = oneLine(name ?? "");
  const comma = text.indexOf(",");
  if (comma >= 0) {
    const last = text.slice(0, comma).trim();
    const first = text.slice(comma + 1).trim();
    // ", Kari" and "Nordmann," have but one name; so has ", ,".
    if (last === "") return splitName(first.replace(/^[,\s]+/, ""));
    return { firstName: first.replace(/^[,\s]+$/, "") || null, lastName: last };
  }
  if (text === "") return { firstName: null, lastName: UNKNOWN };
  const space = text.lastIndexOf(" ");
  if (space < 0) return { firstName: null, lastName: text };
  return { firstName: text.slice(0, space), lastName: text.slice(space + 1) };
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, " ").trim();
}
