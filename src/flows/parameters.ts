import { z } from "prefect-ts";

/** The parameter `oracle_env` of all flows that read Oracle. */
export const oracleEnvParameter = z
  .string()
  .default("PROD")
  .describe("Which ORACLE_<ENV>_* variables to use: PROD or TEST.");

/** The parameter `dry_run` of all flows that write: safe unless told otherwise. */
export const dryRunParameter = z
  .boolean()
  .default(true)
  .describe("Read, decide and report, but write nothing into Specify.");
