import { museums } from "./norwegian.ts";
import { seededRandom } from "./random.ts";
import type { UserRow } from "./users.ts";

/** A row of GRUPPE. */
export interface GroupRow {
  GRUPPEID: number;
  NAVN: string;
  MUSEUM: string | null;
  FORKLARING: string | null;
}

/** A row of BRUKERNAVN_GRUPPE. */
export interface MembershipRow {
  BRUKERID: number;
  BRUKERNAVN: string;
  GRUPPEID: number;
  DEFAULTGRUPPE: string | null;
}

const KINDS = [
  "Administrator",
  "Samlingsforvaltning les",
  "Samlingsforvaltning skriv",
  "Konservering",
  "Magasin",
];
const WITHOUT_MUSEUM = ["Systemforvaltning", "Prosjekt Artsdatabanken", "Gjester"];
const DEFAULT_FLAGS = ["J", "Y", "1", "TRUE", "true"] as const;

/** The rows of GRUPPE: five kinds a museum, some without museum, one that nobody is in. */
export function groupRows(): GroupRow[] {
  const named = [
    ...museums.flatMap(({ code }) => KINDS.map((kind) => ({ NAVN: kind, MUSEUM: code }))),
    ...WITHOUT_MUSEUM.map((name, index) => ({ NAVN: name, MUSEUM: index === 0 ? null : " " })),
    { NAVN: "Ingen er her", MUSEUM: "NHM" },
  ];
  return named.map((group, index) => ({
    GRUPPEID: 100 + index,
    ...group,
    FORKLARING: `${group.NAVN} (MUSIT)`,
  }));
}

/** The rows of BRUKERNAVN_GRUPPE: most users are in one or two groups, one in ten in none. The same seed gives the same rows. */
export function membershipRows(users: readonly UserRow[], seed = 1997): MembershipRow[] {
  const random = seededRandom(seed);
  const groups = groupRows().slice(0, -1);
  const rows: MembershipRow[] = [];
  for (const { USR } of users) {
    const number = USR === "utangruppe" || random.chance(0.1) ? 0 : 1 + random.below(2);
    const first = random.below(groups.length);
    for (let index = 0; index < number; index += 1) {
      const group = groups[(first + index * 7) % groups.length];
      if (!group) continue;
      const flag = index === 0 ? random.pick(DEFAULT_FLAGS) : random.chance(0.5) ? "N" : null;
      rows.push({
        BRUKERID: rows.length + 1,
        BRUKERNAVN: USR,
        GRUPPEID: group.GRUPPEID,
        DEFAULTGRUPPE: flag,
      });
    }
  }
  return rows;
}
