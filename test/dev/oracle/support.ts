import oracledb from "oracledb";
import type { CatalogSchema } from "../../../dev/oracle/catalog.ts";
import {
  type OracleServer,
  type OracleServerOptions,
  startOracleServer,
} from "../../../dev/oracle/server.ts";

/** Where a test logs in. */
export interface Login {
  user: string;
  password: string;
  connectString: string;
}

/** The error of a call that must fail. */
export async function failure(call: Promise<unknown>): Promise<Error & { errorNum?: number; code?: string }> {
  return await call.then(
    () => {
      throw new Error("The call went well, an error was expected.");
    },
    (error: Error) => error,
  );
}

/** A server with users in every state. */
export async function startServer(
  schemas: CatalogSchema[] = [],
  changed: Partial<OracleServerOptions> = {},
): Promise<OracleServer> {
  return await startOracleServer({
    users: [
      { name: "TESTER", password: "Right-1" },
      { name: "LOCKED", password: "Right-1", status: "locked" },
      { name: "EXPIRED", password: "Right-1", status: "expired" },
    ],
    services: ["MUSIT", "other.service"],
    sids: ["ORCL"],
    schemas,
    ...changed,
  });
}

/** Logs in as the tester, thin. */
export async function connect(server: OracleServer, extra = ""): Promise<oracledb.Connection> {
  const connectString = `${server.host}:${server.port}/${server.service}${extra}`;
  return await oracledb.getConnection({ user: "tester", password: "Right-1", connectString });
}

/** A schema with one table `NUMBERS(ID, TEXT)`. */
export const numbersSchema: CatalogSchema[] = [
  {
    owner: "TESTER",
    tables: [
      {
        name: "NUMBERS",
        primaryKey: ["ID"],
        columns: [
          { name: "ID", type: "NUMBER(10,0)" },
          { name: "TEXT", type: "VARCHAR2(40)" },
        ],
      },
    ],
  },
];

/** Rows for it. */
export function* numberRows(count: number): Generator<[number, string]> {
  for (let id = 1; id <= count; id++) yield [id, `row ${id}`];
}
