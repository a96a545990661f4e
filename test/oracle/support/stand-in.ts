import { createServer, type Server } from "node:net";
import { type OracleServer, startOracleServer } from "../../../dev/oracle/server.ts";
import type { OracleSettings } from "../../../src/oracle/settings.ts";

/** A server with one table of every kind of value, and users in every state. */
export async function startStandIn(): Promise<OracleServer> {
  const server = await startOracleServer({
    users: [
      { name: "READER", password: "right" },
      { name: "LOCKED", password: "right", status: "locked" },
      { name: "EXPIRED", password: "right", status: "expired" },
      { name: "NO_SESSION", password: "right", status: "no-session" },
    ],
    services: ["MUSIT"],
    schemas: [
      {
        owner: "TRIAL",
        tables: [
          {
            name: "VALUES_OF_ALL_KINDS",
            columns: [
              { name: "ID", type: "NUMBER(10,0)", nullable: false },
              { name: "EXACT", type: "NUMBER" },
              { name: "TEXT", type: "VARCHAR2(200 CHAR)" },
              { name: "DAY", type: "DATE" },
              { name: "MOMENT", type: "TIMESTAMP(3)" },
              { name: "NOTE", type: "CLOB" },
            ],
            primaryKey: ["ID"],
          },
          {
            name: "MANY",
            columns: [
              { name: "ID", type: "NUMBER(10,0)" },
              { name: "TEXT", type: "VARCHAR2(40)" },
            ],
          },
        ],
      },
    ],
  });
  await server.load(
    "TRIAL",
    "MANY",
    Array.from({ length: 5000 }, (_none, index) => [index, `row ${index}`]),
  );
  return server;
}

/** Settings with which the reader comes in, thin. */
export function settingsFor(
  server: { host: string; port: number },
  changed: Partial<OracleSettings> = {},
): OracleSettings {
  return {
    environment: "PROD",
    host: server.host,
    port: server.port,
    service: "MUSIT",
    user: "reader",
    password: "right",
    thick: false,
    clientLibraryFolder: undefined,
    stallTimeoutSeconds: 20,
    reconnectSeconds: 20,
    ...changed,
  };
}

/** A port where nobody listens. */
export async function closedPort(): Promise<number> {
  const server = await listening(createServer());
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** Resolves when the server listens on a free port of this machine. */
export async function listening(server: Server): Promise<Server> {
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(0, "127.0.0.1", resolve);
  });
  return server;
}
