import type { OracleUsers } from "./oracle-users.ts";

/** The groups that users are in, by museum. */
export interface MuseumGroups {
  museum: string;
  groups: string[];
}

/**
 * Which groups each museum has, for deciding later who gets which collection. Only groups with at least one user of
 * BRUKARAR count; groups without museum stand under "(none)". Sorted by code point.
 */
export function groupsByMuseum({ users, groups }: OracleUsers): MuseumGroups[] {
  const known = new Set(users.map(({ userName }) => userName));
  const museums = new Map<string, Set<string>>();
  for (const { name, museum, members } of groups) {
    if (members.isDisjointFrom(known)) continue;
    const key = museum ?? "(none)";
    museums.set(key, (museums.get(key) ?? new Set()).add(name));
  }
  return [...museums]
    .map(([museum, names]) => ({ museum, groups: [...names].sort() }))
    .sort((a, b) => (a.museum < b.museum ? -1 : 1));
}
