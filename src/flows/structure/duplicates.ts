import type { ConfigPath } from "./config.ts";

/** A name or code that stands in the file for the second time. */
interface Duplicate {
  place: ConfigPath;
  value: string;
  first: ConfigPath;
}

/**
 * Finds names that stand twice where Specify wants them to be different, capitals and blanks around aside: divisions of the
 * institution, disciplines of the whole database, codes of the collections of a discipline. Looks at whatever the file holds, so
 * that these are told together with its other mistakes.
 */
export function findDuplicates(raw: unknown): Duplicate[] {
  const divisions = entries(raw, "divisions", []);
  const disciplines = divisions.flatMap(({ value, path }) => entries(value, "disciplines", path));
  return [
    ...doubled(divisions, "name"),
    ...doubled(disciplines, "name"),
    ...disciplines.flatMap(({ value, path }) => doubled(entries(value, "collections", path), "code")),
  ];
}

interface Entry {
  value: unknown;
  path: ConfigPath;
}

function entries(parent: unknown, key: string, path: ConfigPath): Entry[] {
  const list = field(parent, key);
  return Array.isArray(list) ? list.map((value, index) => ({ value, path: [...path, key, index] })) : [];
}

function doubled(list: readonly Entry[], key: string): Duplicate[] {
  const seen = new Map<string, ConfigPath>();
  return list.flatMap(({ value, path }) => {
    const name = field(value, key);
    if (typeof name !== "string") return [];
    const same = name.trim().normalize("NFC").toLowerCase();
    const place = [...path, key];
    const first = seen.get(same);
    if (first === undefined) seen.set(same, place);
    return first === undefined ? [] : [{ place, value: name, first }];
  });
}

function field(value: unknown, key: string): unknown {
  return typeof value === "object" && value !== null ? (value as Record<string, unknown>)[key] : undefined;
}
