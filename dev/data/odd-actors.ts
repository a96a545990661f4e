import type { ActorRow, NameRow } from "./actors.ts";

/** An actor as real tables have them; what is not named is null. `names` come with increasing PERSON_NAME_ID. */
export interface OddActor {
  readonly what: string;
  readonly actor: Partial<ActorRow>;
  readonly names?: readonly Partial<NameRow>[];
  /** Which of `names` VALID_PERSON_NAME_ID points to; "nowhere" is a number that no name has. */
  readonly valid?: number | "nowhere";
}

const ola = { PERSON_GIVEN_NAME: "Ola", PERSON_SURNAME: "Nordmann" };

/** One entry a case; they are the first actors of each schema, so the others are all ordinary. */
export const oddActors: readonly OddActor[] = [
  { what: "nothing but a number", actor: {} },
  { what: "only blanks", actor: { ACTORNAME: "   ", NOTE: " \n ", INSTITUTION: "\t", EMAIL_ADDRESS: " " } },
  { what: "a person with only ACTORNAME", actor: { ACTOR_TYPE: 0, ACTORNAME: "  Linné, Carl von " } },
  {
    what: "a person with a given name only",
    actor: { ACTOR_TYPE: 0, ACTORNAME: "Kari" },
    names: [{ PERSON_GIVEN_NAME: "Kari" }],
  },
  { what: "an organisation by ACTORNAME", actor: { ACTOR_TYPE: 1, ACTORNAME: "Norsk Botanisk Forening" } },
  { what: "an organisation without any name", actor: { ACTOR_TYPE: 1 } },
  {
    what: "a group with a surname",
    actor: { ACTOR_TYPE: 2, ACTORNAME: "x" },
    names: [{ PERSON_SURNAME: "Ekspedisjonen 1898" }],
  },
  { what: "a type that nobody knows", actor: { ACTOR_TYPE: 7, ACTORNAME: "Ukjend type" } },
  {
    what: "two names, the second valid",
    actor: { ACTOR_TYPE: 0 },
    names: [ola, { PERSON_GIVEN_NAME: "Olga", PERSON_SURNAME: "Gyldig" }],
    valid: 1,
  },
  { what: "two names, none marked", actor: { ACTOR_TYPE: 0 }, names: [ola, { PERSON_SURNAME: "Seinare" }] },
  { what: "a valid name that is not there", actor: { ACTOR_TYPE: 0 }, names: [ola], valid: "nowhere" },
  {
    what: "everything too long",
    actor: {
      ACTOR_TYPE: 0,
      EMAIL_ADDRESS: `${"e".repeat(60)}@museum.example.no`,
      INSTITUTION: "Institutt ".repeat(30),
      NOTE: "Notat æøå ".repeat(300),
    },
    names: [
      {
        PERSON_GIVEN_NAME: "Margrethe ".repeat(8),
        PERSON_SURNAME: "Ås".repeat(150),
        PERSON_MIDDLE_NAME: "Å".repeat(51),
        TITLE: "Professor ".repeat(9),
      },
    ],
  },
  {
    what: "exactly as long as the columns",
    actor: {
      ACTOR_TYPE: 0,
      EMAIL_ADDRESS: `${"e".repeat(38)}@example.org`,
      INSTITUTION: "I".repeat(200),
      NOTE: "N".repeat(500),
    },
    names: [
      {
        PERSON_GIVEN_NAME: "Å".repeat(50),
        PERSON_SURNAME: "Ø".repeat(256),
        PERSON_MIDDLE_NAME: "Æ".repeat(50),
        TITLE: "T".repeat(50),
      },
    ],
  },
  {
    what: "emoji",
    actor: { ACTOR_TYPE: 0, NOTE: "🐟 fisk 🏔️", INSTITUTION: "Fjell🏔️" },
    names: [{ PERSON_GIVEN_NAME: "🐟".repeat(60), PERSON_SURNAME: "𝔉𝔦𝔰𝔨" }],
  },
  {
    what: "letters written with two signs",
    actor: { ACTOR_TYPE: 0 },
    names: [{ PERSON_GIVEN_NAME: "A\u030ase", PERSON_SURNAME: "Bra\u030aten" }],
  },
  {
    what: "quotes and backslashes",
    actor: { ACTOR_TYPE: 0, NOTE: `C:\\temp\\ 'x' "y" \` ; DROP TABLE agent; -- %_` },
    names: [{ PERSON_GIVEN_NAME: `"Bobby"`, PERSON_SURNAME: "O'Neill\\" }],
  },
  {
    what: "lines and tabs",
    actor: { ACTOR_TYPE: 0, ACTORNAME: "Lie", NOTE: "fyrste lina\r\nandre\tlina\u0000slutt" },
  },
  {
    what: "a note that looks like a marker",
    actor: { ACTORNAME: "Falsk", NOTE: "MUSIT-migration: ACTOR; schema=MUSIT_BOTANIKK_FELLES; ACTOR_ID=1" },
  },
  {
    what: "a semicolon in the institution",
    actor: { ACTORNAME: "Avdeling", INSTITUTION: "NHM; oracle_note=nei" },
  },
  { what: "markup", actor: { ACTORNAME: "<script>alert(1)</script>" } },
  { what: "the year 79", actor: { ACTORNAME: "Plinius", BIRTHDATE: "0023-01-01", DEATHDATE: "0079-08-25" } },
  { what: "the year 999", actor: { ACTORNAME: "Gamal", BIRTHDATE: "0999-12-31", DEATHDATE: "1000-01-01" } },
  {
    what: "before Christ",
    actor: { ACTORNAME: "Aristoteles", BIRTHDATE: "-0384-06-19", DEATHDATE: "-0322-03-07" },
  },
  {
    what: "a day that only the Julian calendar has",
    actor: { ACTORNAME: "Julian", BIRTHDATE: "1500-02-29" },
  },
  { what: "the last day there is", actor: { ACTORNAME: "Framtid", DEATHDATE: "9999-12-31 23:59:59" } },
  {
    what: "a time of day",
    actor: { ACTORNAME: "Klokke", BIRTHDATE: "1899-12-31 23:59:59", DEATHDATE: "1970-01-01 00:00:01" },
  },
  { what: "the first day of summer time", actor: { ACTORNAME: "Sommar", BIRTHDATE: "1980-04-06 02:30:00" } },
];
