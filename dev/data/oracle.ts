/** The generated museum database, in the form that the Oracle stand-in takes: `node dev/oracle/main.ts --data dev/data/oracle.ts`. */
import { actorRows, nameRows } from "./actors.ts";
import { groupRows, membershipRows } from "./groups.ts";
import { musitSchemas } from "./musit-schemas.ts";
import { usdMetadata } from "./usd-metadata.ts";
import { userRows } from "./users.ts";

/** Who may log in, under which service, and which tables there are. */
export const options = {
  users: [{ name: "MUSIT_READER", password: "musit-of-the-local-stack" }],
  services: ["MUSIT"],
  schemas: [usdMetadata, ...musitSchemas],
};

type Rows = () => Iterable<Record<string, unknown>>;

/** The rows of each table. */
export const rows: Record<string, Rows> = {
  "USD_METADATA.BRUKARAR": () => userRows().map(asRecord),
  "USD_METADATA.GRUPPE": () => groupRows().map(asRecord),
  "USD_METADATA.BRUKERNAVN_GRUPPE": () => membershipRows(userRows()).map(asRecord),
  ...actorTables({ MUSIT_BOTANIKK_FELLES: 5_600, MUSIT_ZOOLOGI_ENTOMOLOGI: 400 }),
};

/** ACTOR and PERSON_NAME of each of these schemas, with so many actors. */
export function actorTables(counts: Readonly<Record<string, number>>): Record<string, Rows> {
  return Object.fromEntries(
    Object.entries(counts).flatMap(([schema, count], index) => [
      [`${schema}.ACTOR`, () => actorRows(count, index + 1).map(asRecord)],
      [`${schema}.PERSON_NAME`, () => nameRows(count, index + 1).map(asRecord)],
    ]),
  );
}

function asRecord(row: object): Record<string, unknown> {
  return { ...row };
}
