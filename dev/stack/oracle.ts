import { options } from "../data/oracle.ts";
import type { StackContext } from "./context.ts";
import { existingService } from "./existing.ts";
import { startOracleContainer } from "./oracle-container.ts";
import { startStandIn } from "./oracle-stand-in.ts";

/** An Oracle database with the museum's source tables, or the stand-in for one. */
export interface OracleSettings {
  host: string;
  port: number;
  service: string;
  user: string;
  password: string;
}

/** Oracle: an existing one, a container, or the project's own stand-in as a local process. */
export async function startOracle(context: StackContext): Promise<OracleSettings> {
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
  const [reader] = options.users;
  if (reader === undefined)
    throw new Error("dev/data/oracle.ts names no user: the flows need one to log in as");
  const place = (await startOracleContainer(context, reader)) ?? (await startStandIn(context));
  return { ...place, user: reader.name, password: reader.password };
}
