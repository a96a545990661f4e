import { firstNames, lastNames, museums, plainLetters, streets, towns } from "./norwegian.ts";
import { oddUsers } from "./odd-users.ts";
import { type Random, seededRandom } from "./random.ts";

/** A row of BRUKARAR. */
export interface UserRow {
  USR: string;
  NAMN: string | null;
  ADRESSE: string | null;
  EPOST: string | null;
  TELEFON: string | null;
  KOMMENTAR: string | null;
  ADM: string | null;
  INSTITUSJON: string | null;
  OPPRETTA: Date | null;
  FEIDE: string | null;
  FEIDE_EPOST: string | null;
}

/** As many as the old system had. */
export const USER_COUNT = 2361;

const FIRST_DAY = Date.UTC(1996, 0, 1);
const DAYS = 29 * 365;

/** The rows of BRUKARAR: mostly ordinary people, and every odd case that the migration must stand. The same seed gives the same rows. */
export function userRows(count = USER_COUNT, seed = 1996): UserRow[] {
  const random = seededRandom(seed);
  const taken = new Set<string>();
  const rows: UserRow[] = oddUsers.map((odd) => ({ ...ordinaryUser(random, taken), ...odd }));
  while (rows.length < count) rows.push(ordinaryUser(random, taken));
  return rows.slice(0, count);
}

function ordinaryUser(random: Random, taken: Set<string>): UserRow {
  const first = random.pick(firstNames);
  const last = random.pick(lastNames);
  const middle = random.chance(0.2) ? ` ${random.pick(lastNames)}` : "";
  const userName = freeName(`${plainLetters(first).slice(0, 4)}${plainLetters(last).slice(0, 4)}`, taken);
  const museum = random.pick(museums);
  const hasFeide = random.chance(0.7);
  const address = `${plainLetters(first)}.${plainLetters(last)}@${museum.domain}`;
  return {
    USR: random.chance(0.03) ? `${userName}  ` : userName,
    NAMN: random.chance(0.55) ? `${last}, ${first}${middle}` : `${first}${middle} ${last}`,
    ADRESSE: random.chance(0.6)
      ? `${random.pick(streets)} ${1 + random.below(120)}, ${random.pick(towns)}`
      : null,
    EPOST: random.chance(0.9) ? address : random.chance(0.5) ? " " : null,
    TELEFON: random.chance(0.5) ? `+47 ${22_000_000 + random.below(70_000_000)}` : null,
    KOMMENTAR: null,
    ADM: random.chance(0.02) ? "J" : random.chance(0.3) ? "N" : null,
    INSTITUSJON: random.chance(0.85) ? museum.institution : null,
    OPPRETTA: new Date(FIRST_DAY + random.below(DAYS) * 86_400_000 + random.below(86_400) * 1000),
    FEIDE: hasFeide ? `${userName}@${museum.domain}` : null,
    FEIDE_EPOST: hasFeide && random.chance(0.8) ? address : null,
  };
}

function freeName(wanted: string, taken: Set<string>): string {
  for (let number = 1; ; number += 1) {
    const name = number === 1 ? wanted : `${wanted}${number}`;
    if (!taken.has(name)) {
      taken.add(name);
      return name;
    }
  }
}
