import type { StackContext } from "./context.ts";
import { existingService } from "./existing.ts";

/** An Oracle database, or the stand-in for one. */
export interface OracleSettings {
  host: string;
  port: number;
  service: string;
  user: string;
  password: string;
}

/** Oracle: an existing one, a container, or the stand-in as a local process. */
export async function startOracle(_context: StackContext): Promise<OracleSettings> {
  const existing = existingService("oracle");
  if (existing) {
    return {
      host: existing("ORACLE_PROD_HOST"),
      port: Number(existing("ORACLE_PROD_PORT")),
      service: existing("ORACLE_PROD_SERVICE"),
      user: existing("ORACLE_PROD_USER"),
      password: existing("ORACLE_PROD_PASSWORD"),
    };
  }
  throw new Error("the Oracle stand-in is not wired yet");
}
