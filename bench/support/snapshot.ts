import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { startOracleProcess } from "../../dev/oracle/process.ts";
import { BareRepository } from "../../dev/stack/git/repository.ts";
import { startStack } from "../../dev/stack/index.ts";
import { PROJECT } from "../../dev/stack/install/cache.ts";
import { options } from "../data/large-schema.ts";
import type { Bench } from "./bench.ts";
import { completed, createRun } from "./flow-runs.ts";
import { memoryOf } from "./memory.ts";
import { until } from "./wait.ts";
import { startWorker } from "./worker.ts";

/** One run of Oracle Schema Snapshot, by this project's worker. */
export interface SnapshotRun {
  /** From Running to Completed, by the server's times: reading, comparing, making and uploading all files. */
  readonly seconds: number;
  /** Highest resident MB of its process. */
  readonly peak: number;
}

/** Runs it as often as it is called. */
export interface SnapshotRuns extends AsyncDisposable {
  run(): Promise<SnapshotRun>;
}

const POOL = "bench-snapshot";
const RUN_MS = 180_000;
const SAMPLE_MS = 100;

/** Starts S3, an Oracle stand-in with the large schema and a worker, and deploys the flow as it stands in this working tree. */
export async function openSnapshots(bench: Bench): Promise<SnapshotRuns> {
  await using opened = new AsyncDisposableStack();
  const onProgress = (service: string, text: string): void => bench.say(`${service}: ${text}`);
  const stack = await startStack({ services: ["s3"], onProgress });
  opened.defer(() => stack.close());
  const oracle = await startOracleProcess({ data: join(PROJECT, "bench", "data", "large-schema.ts") });
  opened.defer(() => oracle.close());
  const deployment = await deploy(bench);
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
    run: () => measureRun(bench, deployment),
    [Symbol.asyncDispose]: () => closers.disposeAsync(),
  };
}

async function measureRun(bench: Bench, deployment: string): Promise<SnapshotRun> {
  const { id } = await createRun(bench, deployment);
  const limits = { signal: bench.signal, timeoutMs: RUN_MS, everyMs: SAMPLE_MS };
  const pidOf = async (): Promise<number | undefined> => {
    const run = await bench.api.get<{ infrastructure_pid: string | null }>(`/flow_runs/${id}`);
    return Number(/(\d+)$/.exec(run.infrastructure_pid ?? "")?.[1]) || undefined;
  };
  const pid = await until(`run ${id} has a process`, pidOf, limits);
  let peak = 0;
  const hasEnded = async (): Promise<boolean> => {
    const now = await memoryOf(pid).catch(() => undefined);
    peak = Math.max(peak, now?.peak ?? 0);
    // A process that has ended but was not yet waited for has no memory.
    return now === undefined || now.rss === 0;
  };
  await until(`run ${id} ends`, hasEnded, limits);
  const { start_time, end_time } = await completed(bench, id, RUN_MS);
  return { seconds: (Date.parse(end_time ?? "") - Date.parse(start_time ?? "")) / 1000, peak };
}

async function deploy(bench: Bench): Promise<string> {
  const repository = await BareRepository.create(join(bench.stack.folder, "git", "snapshot.git"));
  await repository.publishFolder(PROJECT);
  await bench.api.post("/work_pools/", { name: POOL, type: "process" });
  const { id: flow_id } = await bench.api.post<{ id: string }>("/flows/", { name: "Oracle Schema Snapshot" });
  const clone = { repository: pathToFileURL(repository.folder).href, branch: "dev" };
  const { id } = await bench.api.post<{ id: string }>("/deployments/", {
    name: POOL,
    flow_id,
    entrypoint: "src/flows/snapshot-oracle-schema.ts",
    work_pool_name: POOL,
    pull_steps: [{ "prefect.deployments.steps.git_clone": clone }],
  });
  return id;
}
