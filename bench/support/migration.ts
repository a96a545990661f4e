import { join } from "node:path";
import { options } from "../../dev/data/oracle.ts";
import { type OracleProcess, startOracleProcess } from "../../dev/oracle/process.ts";
import { startStack } from "../../dev/stack/index.ts";
import { PROJECT } from "../../dev/stack/install/cache.ts";
import { AgentTable } from "./agent-table.ts";
import type { Bench } from "./bench.ts";
import { deployFlow } from "./deploy-flow.ts";
import { createRun } from "./flow-runs.ts";
import { type MeasuredRun, measuredRun } from "./measured-run.ts";
import { startWorker } from "./worker.ts";

/** Everything that a migration needs. */
export interface Migration extends AsyncDisposable {
  readonly table: AgentTable;
  /** Runs it. @param oracle  PROD has all actors, TEST a thousand */
  run(oracle: "PROD" | "TEST"): Promise<MeasuredRun>;
}

const POOL = "bench-migration";

/** Starts MariaDB, S3, two Oracle stand-ins and a worker, and deploys the flow as it stands in this working tree. */
export async function openMigration(bench: Bench): Promise<Migration> {
  await using opened = new AsyncDisposableStack();
  const { signal } = bench;
  const stack = await startStack({
    services: ["mariadb", "s3"],
    onProgress: (service, text) => bench.say(`${service}: ${text}`),
  });
  opened.defer(() => stack.close());
  const oracle = async (file: string): Promise<OracleProcess> => {
    const server = await startOracleProcess({ data: join(PROJECT, "bench", "data", file) });
    opened.defer(() => server.close());
    return server;
  };
  const all = await oracle("all-actors.ts");
  const thousand = await oracle("thousand-actors.ts");
  bench.say("oracle: both stand-ins have their actors");
  const table = opened.use(await AgentTable.open(stack.mariadb));
  const deployment = await deployFlow(bench, {
    pool: POOL,
    flow: "Migrate MUSIT Actors",
    entrypoint: "src/flows/migrate-musit-agents.ts",
  });
  const env = {
    ...stack.env,
    ...oracleVariables("PROD", all),
    ...oracleVariables("TEST", thousand),
    ORACLE_USE_THICK_MODE: "false",
  };
  const args = ["worker", "start", "--pool", POOL, "--type", "process"];
  const command = join(PROJECT, "bin", "prefect-ts");
  const worker = startWorker(bench.stack, { name: POOL, command, args, env }, signal);
  opened.defer(() => worker.stop());
  await worker.started();
  const closers = opened.move();
  return {
    table,
    run: async (oracleEnv) => {
      const { id } = await createRun(bench, deployment, { oracle_env: oracleEnv, dry_run: false });
      return await measuredRun(bench, worker, id);
    },
    [Symbol.asyncDispose]: () => closers.disposeAsync(),
  };
}

function oracleVariables(name: string, { host, port, service }: OracleProcess): Record<string, string> {
  const [reader = { name: "", password: "" }] = options.users;
  return {
    [`ORACLE_${name}_HOST`]: host,
    [`ORACLE_${name}_PORT`]: String(port),
    [`ORACLE_${name}_SERVICE`]: service,
    [`ORACLE_${name}_USER`]: reader.name,
    [`ORACLE_${name}_PASSWORD`]: reader.password,
  };
}
