import { createTableArtifact, flow, logger, task, z } from "prefect-ts";
import { outcomeOf } from "../checks/outcome.ts";
import { reachOracle, reachS3, reachSpecify } from "../checks/targets.ts";
import { diagnoseOracle } from "../oracle/diagnose.ts";
import { diagnoseS3 } from "../reports/diagnose.ts";
import { diagnoseSpecify } from "../specify/diagnose.ts";
import { logLine, tableRow, throwIfAnyFailed } from "./infrastructure/outcomes.ts";
import { oracleTries } from "./oracle-tries.ts";
import { oracleEnvParameter } from "./parameters.ts";

const checkOracle = task({ name: "Check Oracle", ...oracleTries }, reachOracle);
const checkMariadb = task({ name: "Check MariaDB", retries: 2, retryDelaySeconds: 3 }, reachSpecify);
const checkS3 = task({ name: "Check S3", retries: 1, retryDelaySeconds: 3 }, reachS3);

export const checkInfrastructure = flow(
  {
    name: "Infrastructure Prod Check",
    description:
      "Tries Oracle, Specify's MariaDB and S3, each to its end, and says what is wrong and what to do.",
    parameters: z.object({
      oracle_env: oracleEnvParameter,
    }),
  },
  async ({ oracle_env }, { signal }) => {
    const log = (message: string): void => logger.info(message);
    const outcomes = await Promise.all([
      outcomeOf(`Oracle ${oracle_env}`, diagnoseOracle, signal, () => checkOracle(oracle_env, signal, log)),
      outcomeOf("MariaDB", diagnoseSpecify, signal, () => checkMariadb(log)),
      outcomeOf("S3", diagnoseS3, signal, () => checkS3(log)),
    ]);
    for (const outcome of outcomes) logger[outcome.diagnosis ? "error" : "info"](logLine(outcome));
    await createTableArtifact({
      key: "infrastructure-check",
      description: "What was reached, how fast, and what to do about the rest",
      table: outcomes.map(tableRow),
    });
    throwIfAnyFailed(outcomes);
    return { checks: outcomes.map(tableRow) };
  },
);
