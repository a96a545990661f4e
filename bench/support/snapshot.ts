import { join } from "node:path";
import { startOracleProcess } from "../../dev/oracle/process.ts";
import { startStack } from "../../dev/stack/index.ts";
import { PROJECT } from "../../dev/stack/install/cache.ts";
import { options } from "../data/large-schema.ts";
import type { Bench } from "./bench.ts";
import { deployFlow } from "./deploy-flow.ts";
import { createRun } from "./flow-runs.ts";
import { type MeasuredRun, measuredRun } from "./measured-run.ts";
import { startWorker } from "./worker.ts";

/** Runs it as often as it is called. */
export interface SnapshotRuns extends AsyncDisposable {
  run(): Promise<MeasuredRun>;
}

const POOL = "bench-snapshot";

/** Starts S3, an Oracle stand-in with the large schema and a worker, and deploys the flow as it stands in this working tree. */
export async function openSnapshots(bench: Bench): Promise<SnapshotRuns> {
  await using opened = new AsyncDisposableStack();
  const onProgress = (service: string, text: string): void => bench.say(`${service}: ${text}`);
  const stack = await startStack({ services: ["s3"], onProgress });
  opened.defer(() => stack.close());
  const oracle = await startOracleProcess({ data: join(PROJECT, "bench", "data", "large-schema.ts") });
  opened.defer(() => oracle.close());
  const deployment = await deployFlow(bench, {
    pool: POOL,
    flow: "Oracle Schema Snapshot",
    entrypoint: "src/flows/snapshot-oracle-schema.ts",
  });
  const [reader = { name: "", password: "" }] = options.users;
  const worker = startWorker(
    bench.stack,
    {
      name: POOL,
      command: join(PROJECT, "bin", "prefect-ts"),
      args: ["worker", "start", "--pool", POOL, "--type", "process"],
      env: {
        ...stack.env,
        ORACLE_PROD_HOST: oracle.host,
        ORACLE_PROD_PORT: String(oracle.port),
        ORACLE_PROD_SERVICE: oracle.service,
        ORACLE_PROD_USER: reader.name,
        ORACLE_PROD_PASSWORD: reader.password,
        ORACLE_USE_THICK_MODE: "false",
      },
    },
    bench.signal,
  );
  opened.defer(() => worker.stop());
  await worker.started();
  const closers = opened.move();
  return {
    run: async () => {
      const { id } = await createRun(bench, deployment);
      return await measuredRun(bench, worker, id);
    },
    [Symbol.asyncDispose]: () => closers.disposeAsync(),
  };
}
