/** The generated museum database, in the form that the Oracle stand-in takes: `node dev/oracle/main.ts --data dev/data/oracle.ts`. */
import { groupRows, membershipRows } from "./groups.ts";
import { usdMetadata } from "./usd-metadata.ts";
import { userRows } from "./users.ts";

/** Who may log in, under which service, and which tables there are. */
export const options = {
  users: [{ name: "MUSIT_READER", password: "musit-of-the-local-stack" }],
  services: ["MUSIT"],
  schemas: [usdMetadata],
};

/** The rows of each table. */
export const rows = {
  "USD_METADATA.BRUKARAR": () => userRows().map(asRecord),
  "USD_METADATA.GRUPPE": () => groupRows().map(asRecord),
  "USD_METADATA.BRUKERNAVN_GRUPPE": () => membershipRows(userRows()).map(asRecord),
};

function asRecord(row: object): Record<string, unknown> {
  return { ...row };
}
