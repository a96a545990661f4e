import { type Outcome, outcomeOf } from "../../checks/outcome.ts";
import { reachOracle, reachS3, reachSpecify } from "../../checks/targets.ts";
import { diagnoseOracle } from "../../oracle/diagnose.ts";
import { diagnoseS3 } from "../../reports/diagnose.ts";
import { diagnoseSpecify } from "../../specify/diagnose.ts";

/** Tries Oracle, Specify's database and the object storage, as Infrastructure Prod Check does, each to its end. */
export async function checkServices(
  oracleEnv: string,
  signal: AbortSignal,
  log: (message: string) => void,
): Promise<Outcome[]> {
  return await Promise.all([
    outcomeOf(`Oracle ${oracleEnv}`, diagnoseOracle, signal, () => reachOracle(oracleEnv, signal, log)),
    outcomeOf("MariaDB", diagnoseSpecify, signal, () => reachSpecify(log)),
    outcomeOf("S3", diagnoseS3, signal, () => reachS3(log)),
  ]);
}
