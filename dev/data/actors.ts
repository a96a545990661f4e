import { firstNames, lastNames, museums, plainLetters } from "./norwegian.ts";
import { type OddActor, oddActors } from "./odd-actors.ts";
import { type Random, seededRandom } from "./random.ts";

/** A row of ACTOR. Dates are texts: years before 1000 and before Christ are among them. */
export interface ActorRow {
  ACTOR_ID: number | bigint;
  ACTOR_TYPE: number | null;
  ACTORNAME: string | null;
  BIRTHDATE: string | null;
  DEATHDATE: string | null;
  EMAIL_ADDRESS: string | null;
  INSTITUTION: string | null;
  NOTE: string | null;
  VALID_PERSON_NAME_ID: number | null;
}

/** A row of PERSON_NAME. */
export interface NameRow {
  PERSON_NAME_ID: number;
  ACTOR_ID: number | bigint;
  PERSON_GIVEN_NAME: string | null;
  PERSON_SURNAME: string | null;
  PERSON_MIDDLE_NAME: string | null;
  TITLE: string | null;
}

/** How many actors the old system had, by schema. */
export const ACTOR_COUNTS = { MUSIT_BOTANIKK_FELLES: 235_124, MUSIT_ZOOLOGI_ENTOMOLOGI: 15_150 } as const;

const NO_ACTOR = {
  ACTOR_TYPE: null,
  ACTORNAME: null,
  BIRTHDATE: null,
  DEATHDATE: null,
  EMAIL_ADDRESS: null,
  INSTITUTION: null,
  NOTE: null,
  VALID_PERSON_NAME_ID: null,
};
const NO_NAME = { PERSON_GIVEN_NAME: null, PERSON_SURNAME: null, PERSON_MIDDLE_NAME: null, TITLE: null };
const GROUPS = [
  "Norsk Botanisk Forening",
  "Den norske Nordhavsexpedition",
  "Bergens Museum",
  "Skoleklasse 4B",
];
const NOTES = ["Samlet i Finnmark", "Lærar på Voss", "Sjå òg brevarkivet", "Usikker identitet"];

/** The rows of ACTOR: first every odd case, then ordinary people. The same seed gives the same rows. */
export function* actorRows(count: number, seed = 1): Generator<ActorRow> {
  for (let index = 0; index < count; index += 1) yield actorAt(index, seed).actor;
}

/** The rows of PERSON_NAME that belong to the same actors. */
export function* nameRows(count: number, seed = 1): Generator<NameRow> {
  for (let index = 0; index < count; index += 1) yield* actorAt(index, seed).names;
}

/** Each actor has random numbers of its own, so that both tables can be made row by row and still agree. */
function actorAt(index: number, seed: number): { actor: ActorRow; names: NameRow[] } {
  const random = seededRandom(seed * 1_000_003 + index);
  const odd = oddActors[index];
  const { actor, names = [], valid } = odd ?? ordinary(random);
  // Numbers have gaps, as after years of deleting; a few are not what one expects of a number.
  const id = index === 0 ? -1n : index === 1 ? 0 : index === 2 ? 2n ** 53n + 1n : 10 + index * 3;
  const nameId = (position: number): number => 5 + index * 10 + position;
  const validId = valid === "nowhere" ? 4 : valid === undefined ? null : nameId(valid);
  return {
    actor: { ...NO_ACTOR, ...actor, ACTOR_ID: id, VALID_PERSON_NAME_ID: validId },
    names: names.map((name, position) => ({
      ...NO_NAME,
      ...name,
      PERSON_NAME_ID: nameId(position),
      ACTOR_ID: id,
    })),
  };
}

function ordinary(random: Random): OddActor {
  if (random.chance(0.03)) {
    const name = `${random.pick(GROUPS)} ${1850 + random.below(150)}`;
    return { what: "", actor: { ACTOR_TYPE: random.chance(0.7) ? 1 : 2, ACTORNAME: name } };
  }
  const first = random.pick(firstNames);
  const last = random.pick(lastNames);
  const museum = random.pick(museums);
  const born = 1750 + random.below(240);
  const actor = {
    ACTOR_TYPE: random.chance(0.97) ? 0 : null,
    ACTORNAME: `${last}, ${first}`,
    BIRTHDATE: random.chance(0.3) ? day(random, born) : null,
    DEATHDATE: random.chance(0.2) ? day(random, born + 20 + random.below(70)) : null,
    EMAIL_ADDRESS: random.chance(0.05)
      ? `${plainLetters(first)}.${plainLetters(last)}@${museum.domain}`
      : null,
    INSTITUTION: random.chance(0.2) ? museum.institution : null,
    NOTE: random.chance(0.1) ? random.pick(NOTES) : null,
  };
  const name = {
    PERSON_GIVEN_NAME: first,
    PERSON_SURNAME: last,
    PERSON_MIDDLE_NAME: random.chance(0.15) ? random.pick(lastNames) : null,
    TITLE: random.chance(0.05) ? "Dr." : null,
  };
  if (random.chance(0.05)) return { what: "", actor };
  if (random.chance(0.1)) {
    return { what: "", actor, names: [{ ...name, PERSON_SURNAME: random.pick(lastNames) }, name], valid: 1 };
  }
  return random.chance(0.8)
    ? { what: "", actor, names: [name], valid: 0 }
    : { what: "", actor, names: [name] };
}

function day(random: Random, year: number): string {
  const two = (number: number): string => String(number).padStart(2, "0");
  return `${year}-${two(1 + random.below(12))}-${two(1 + random.below(28))}`;
}
