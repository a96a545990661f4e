import { afterAll, vi } from "vitest";
import { options, rows } from "../../../dev/data/oracle.ts";
import { type OracleServer, startOracleServer } from "../../../dev/oracle/server.ts";

/** The generated museum database on the Oracle stand-in, in this process; stopped when the file is done. */
export async function startMuseum({ empty = false } = {}): Promise<OracleServer> {
  const server = await startOracleServer(options);
  afterAll(() => server.close());
  if (empty) return server;
  for (const [name, source] of Object.entries(rows)) {
    const [owner = "", table = ""] = name.split(".");
    await server.load(owner, table, source());
  }
  return server;
}

/** Points the flows' environment at these servers, until `vi.unstubAllEnvs`. */
export function useEnvironment(environment: Record<string, string>): void {
  for (const [name, value] of Object.entries(environment)) vi.stubEnv(name, value);
}

/** The variables by which flows find this Oracle server. */
export function oracleEnvironment({ host, port }: { host: string; port: number }): Record<string, string> {
  const [reader = { name: "", password: "" }] = options.users;
  return {
    ORACLE_PROD_HOST: host,
    ORACLE_PROD_PORT: String(port),
    ORACLE_PROD_SERVICE: options.services[0] ?? "",
    ORACLE_PROD_USER: reader.name,
    ORACLE_PROD_PASSWORD: reader.password,
    ORACLE_USE_THICK_MODE: "false",
    ORACLE_STALL_TIMEOUT_SECONDS: "20",
  };
}

/** The variables by which flows find this Specify database. */
export function specifyEnvironment(settings: {
  host: string;
  port: number;
  database: string;
  user: string;
  password: string;
}): Record<string, string> {
  return {
    DATABASE_HOST: settings.host,
    DATABASE_PORT: String(settings.port),
    DATABASE_NAME: settings.database,
    APP_USER_NAME: settings.user,
    APP_USER_PASSWORD: settings.password,
  };
}
