import { createServer, type Server, type Socket } from "node:net";
import type { CatalogSchema } from "./catalog.ts";
import { Connection } from "./connection.ts";
import { Database, type LoadRow } from "./database.ts";
import { Faults } from "./faults.ts";

/** A database user of the stand-in. The name counts without case unless it needs quotes. */
export interface User {
  name: string;
  password: string;
  /** `locked` answers ORA-28000, `expired` ORA-28001, `no-session` (no CREATE SESSION) ORA-01045; `open` when left out. */
  status?: "open" | "locked" | "expired" | "no-session";
  /** Owners, and single tables as OWNER.NAME, that it may read besides its own; everything when left out. */
  grants?: string[];
}

/** What the server needs to start. */
export interface OracleServerOptions {
  users: User[];
  /** Names that SERVICE_NAME may have; others are refused with ORA-12514. */
  services: string[];
  /** Names that SID may have; others are refused with ORA-12505. */
  sids?: string[];
  schemas: CatalogSchema[];
  /** A SQLite file that stays; left out, a temporary one is made and removed. */
  database?: string;
  /** 0 or left out: a free port. */
  port?: number;
  /** `127.0.0.1` when left out. */
  host?: string;
  /** The version the server says it is; `19.3.0` when left out. */
  version?: string;
  /** Gets a line for each thing worth knowing: sessions, refusals, statements that failed inside. */
  log?: (event: string, details: Record<string, unknown>) => void;
}

/** A running server. */
export interface OracleServer {
  host: string;
  port: number;
  /** The first service name, for a connect string `host:port/service`. */
  service: string;
  faults: Faults;
  /** Loads rows (arrays in column order, or objects by column name) into a table; returns how many. */
  load(owner: string, table: string, rows: Iterable<LoadRow> | AsyncIterable<LoadRow>): Promise<number>;
  /** Ends all sockets and removes the temporary database. */
  close(): Promise<void>;
}

/** What connections and sessions share. */
export interface ServerState {
  database: Database;
  faults: Faults;
  version: string;
  log: (event: string, details: Record<string, unknown>) => void;
  nextSession(): number;
  user(name: string): User | undefined;
  /** The ORA code with which a wrong service name or SID is refused; undefined for a right one. */
  refusal(service: string | undefined, sid: string | undefined): number | undefined;
}

/** Starts the stand-in for an Oracle database: a tool for the demo and the tests. Rejects when the port is taken. */
export async function startOracleServer(options: OracleServerOptions): Promise<OracleServer> {
  const database = new Database(options.schemas, options.database);
  const faults = new Faults();
  const state = sharedState(options, database, faults);
  const connections = new Map<Socket, Connection>();
  const server = createServer((socket) => {
    connections.set(socket, new Connection(socket, state));
    socket.once("close", () => connections.delete(socket));
  });
  try {
    const address = await listen(server, options.port ?? 0, options.host ?? "127.0.0.1");
    return {
      ...address,
      service: options.services[0] ?? "",
      faults,
      load: (owner, table, rows) => database.load(owner, table, rows),
      close: async () => {
        const stopped = new Promise((resolve) => server.close(resolve));
        await Promise.all([...connections.values()].map((connection) => connection.close()));
        await stopped;
        database.close();
      },
    };
  } catch (error) {
    database.close();
    throw error;
  }
}

function sharedState(options: OracleServerOptions, database: Database, faults: Faults): ServerState {
  const has = (names: string[] | undefined, name: string): boolean =>
    (names ?? []).some((one) => one.toLowerCase() === name.toLowerCase());
  let sessions = 0;
  return {
    database,
    faults,
    version: options.version ?? "19.3.0",
    log: options.log ?? (() => undefined),
    nextSession: () => ++sessions,
    user: (given) => {
      const isQuoted = given.startsWith('"') && given.endsWith('"');
      const name = isQuoted ? given.slice(1, -1) : given.toUpperCase();
      return options.users.find((user) => user.name === name);
    },
    refusal: (service, sid) => {
      if (service !== undefined) return has(options.services, service) ? undefined : 12514;
      return has(options.sids, sid ?? "") ? undefined : 12505;
    },
  };
}

async function listen(server: Server, port: number, host: string): Promise<{ host: string; port: number }> {
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, host, resolve);
  });
  const address = server.address();
  return { host, port: typeof address === "object" && address ? address.port : port };
}
