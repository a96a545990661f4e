import type { UserRow } from "./users.ts";

/** Users as real tables have them: one line a case. What a case does not name is ordinary. */
export const oddUsers: readonly (Pick<UserRow, "USR"> & Partial<UserRow>)[] = [
  { USR: "einord", NAMN: "Madonna" },
  { USR: "utannamn", NAMN: null },
  { USR: "berreblankt", NAMN: "   " },
  { USR: "kommafyrst", NAMN: ", Kari" },
  { USR: "kommasist", NAMN: "Nordmann," },
  { USR: "berrekomma", NAMN: " , " },
  { USR: "tokomma", NAMN: "Lie, Trygve, dr.philos." },
  { USR: "mangemellomrom", NAMN: "  Anne   Marie\tSæther  " },
  {
    USR: "langtfornamn",
    NAMN: `${"Margrethe ".repeat(6).trim()} Ødegård`,
    KOMMENTAR: "First name longer than agent.FirstName",
  },
  {
    USR: "langtetternamn",
    NAMN: `${"Ås".repeat(150)}, Ole`,
    KOMMENTAR: "Last name longer than agent.LastName",
  },
  {
    USR: "langepost",
    EPOST: `${"e".repeat(60)}@museum.example.no`,
    FEIDE_EPOST: null,
    KOMMENTAR: "Longer than both e-mail columns",
  },
  {
    USR: "mellomlangepost",
    EPOST: `${"m".repeat(40)}@museum.example.no`,
    FEIDE_EPOST: null,
    KOMMENTAR: "Fits the user, not the agent",
  },
  {
    USR: `langtbrukarnamn${"x".repeat(60)}`,
    NAMN: "Langt, Brukarnamn",
    KOMMENTAR: "Longer than specifyuser.Name",
  },
  { USR: "emoji", NAMN: "Fjell🏔️, Kåre 🐟" },
  { USR: "emojilang", NAMN: `${"🐟".repeat(55)} Fisk`, KOMMENTAR: "Cut between emoji, not within one" },
  { USR: "dublett", NAMN: "Dublett, Den Første" },
  { USR: "dublett ", NAMN: "Dublett, Den Andre", KOMMENTAR: "The same user name once it is trimmed" },
  { USR: "Store.Bokstavar", NAMN: "Bokstavar, Store" },
  {
    USR: "store.bokstavar",
    NAMN: "bokstavar, store",
    KOMMENTAR: "The same user name for a database that ignores case",
  },
  { USR: "blankepost", EPOST: "  ", FEIDE_EPOST: " " },
  { USR: "feideblank", FEIDE_EPOST: "   ", EPOST: "brukt.epost@uio.no" },
  { USR: " forstmellomrom", NAMN: "Mellomrom, Først" },
  {
    USR: "langadresse",
    ADRESSE: "Tromsø museum, Universitetsmuseet, seksjon for zoologi, Lars Thørings veg 10, ".repeat(8),
  },
  { USR: "hermeteikn", NAMN: `O'Neill, "Bobby" <script>alert(1)</script>` },
  { USR: "semikolon", INSTITUSJON: "NHM; avdeling=B", ADM: "J" },
  { USR: "gamaldato", OPPRETTA: new Date(Date.UTC(1899, 11, 31, 23, 59, 59)) },
  { USR: "utandato", OPPRETTA: null },
  { USR: "utangruppe", NAMN: "Gruppe, Utan" },
];
