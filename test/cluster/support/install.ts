import { chmod, mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { parse, stringify } from "yaml";
import { forwardToHost } from "../../../dev/cluster/forward.ts";
import { WORKER_IMAGE } from "../../../dev/cluster/image/images.ts";
import type { Cluster } from "../../../dev/cluster/index.ts";
import type { StackContext } from "../../../dev/stack/context.ts";
import { BareRepository } from "../../../dev/stack/git/repository.ts";
import { startGitServer } from "../../../dev/stack/git/server.ts";
import { openStack } from "../../../dev/stack/index.ts";
import { PROJECT } from "../../../dev/stack/install/cache.ts";

/** The chart's release in the test cluster. Data only: test files get it from the global setup. */
export interface Release {
  readonly kubeconfig: string;
  readonly programs: { readonly kubectl: string; readonly helm: string };
  readonly namespace: string;
  readonly valuesFile: string;
  /** The genuine server in its pod, by the address of its Service. */
  readonly apiUrl: string;
  readonly authString: string;
  /** The secret's keys and values. */
  readonly variables: Readonly<Record<string, string>>;
  readonly seconds: { readonly install: number };
}

const NAMESPACE = "museum";
const FLOWS = { "Counts seconds": "counts-seconds", "Eats memory": "eats-memory" };
const GIT_TOKEN = "token-of-the-test";

/** Starts what the flows reach, makes secrets and a volume, and installs the chart as the runbook does. */
export async function installRelease(context: StackContext, cluster: Cluster): Promise<Release> {
  const authString = "admin:of-the-test";
  const gitUrl = await publishRepository(context, cluster);
  const variables = await startTargets(context, cluster);
  await cluster.apply([
    {
      apiVersion: "v1",
      kind: "Namespace",
      metadata: { name: NAMESPACE, labels: { "pod-security.kubernetes.io/enforce": "restricted" } },
    },
    secret("specify-secret", variables),
    secret("prefect-basic-auth", { "auth-string": authString }),
    secret("specify-git-token", { token: GIT_TOKEN }),
    await volume(context),
  ]);
  const valuesFile = join(context.folder, "values.yaml");
  await writeFile(valuesFile, stringify(values(gitUrl)));
  const started = performance.now();
  const chart = join(PROJECT, "charts", "specify7");
  const staging = join(chart, "staging.values.yaml");
  const flags = ["--namespace", NAMESPACE, "-f", staging, "-f", valuesFile, "--wait", "--timeout", "10m"];
  await cluster.helm("install", "specify7", chart, ...flags).catch(async (error: Error) => {
    const logs = await cluster
      .kubectl("logs", "-n", NAMESPACE, "-l", "component", "--all-containers", "--tail=15", "--prefix")
      .catch(String);
    const pods = await cluster.kubectl("get", "pods,events", "-n", NAMESPACE);
    throw new Error(`${error.message}\n${pods}\n${logs}`, { cause: error });
  });
  const seconds = { install: (performance.now() - started) / 1000 };
  context.progress("kubernetes", `helm install took ${seconds.install.toFixed(0)} s`);
  const address = await cluster.kubectl(
    "get",
    "service",
    "specify7-prefect-server",
    "-n",
    NAMESPACE,
    "-o",
    "jsonpath={.spec.clusterIP}",
  );
  return {
    kubeconfig: cluster.kubeconfig,
    programs: { kubectl: cluster.programs.kubectl, helm: cluster.programs.helm },
    namespace: NAMESPACE,
    valuesFile,
    apiUrl: `http://${address}:4200/api`,
    authString,
    variables,
    seconds,
  };
}

function values(repository: string): object {
  const quick = { PREFECT_WORKER_HEARTBEAT_SECONDS: "3", PREFECT_WORKER_QUERY_SECONDS: "3" };
  const lost = { PREFECT_TS_WORKER_LOST_RUNS_SECONDS: "3", PREFECT_FLOWS_HEARTBEAT_FREQUENCY: "30" };
  return {
    git: { repository },
    prefect: {
      server: { image: { pullPolicy: "Never" }, resources: { requests: { cpu: "10m" } } },
      deploy: { activeDeadlineSeconds: 540, resources: { requests: { cpu: "10m" } } },
      devWorker: {
        image: { repository: WORKER_IMAGE, tag: "1", pullPolicy: "Never" },
        workQueues: ["default", "urgent"],
        limit: 6,
        drainSeconds: 300,
        resources: { requests: { cpu: "10m" }, limits: { memory: "1Gi" } },
        extraEnv: Object.entries({ ...quick, ...lost }).map(([name, value]) => ({ name, value })),
      },
    },
  };
}

function secret(name: string, data: Readonly<Record<string, string>>): object {
  return { apiVersion: "v1", kind: "Secret", metadata: { name, namespace: NAMESPACE }, stringData: data };
}

/** What a storage class would give: a folder of this machine for the server's SQLite. */
async function volume(context: StackContext): Promise<object> {
  const path = join(context.folder, "volume");
  await mkdir(path);
  // The server's pod writes as its own user; kubelet changes no owner of such a volume.
  await chmod(path, 0o777);
  const capacity = { storage: "5Gi" };
  const spec = { capacity, accessModes: ["ReadWriteOnce"], hostPath: { path } };
  return { apiVersion: "v1", kind: "PersistentVolume", metadata: { name: "prefect-data" }, spec };
}

/** A private repository with this project and the test's flows on branch `dev`. */
async function publishRepository(context: StackContext, cluster: Cluster): Promise<string> {
  const folder = join(context.folder, "git");
  await mkdir(folder);
  const repository = await BareRepository.create(join(folder, "migration.git"));
  await repository.publishFolder(PROJECT);
  const yaml = parse(await readFile(join(PROJECT, "prefect.yaml"), "utf8")) as { deployments: object[] };
  const files: Record<string, string> = {};
  for (const [name, file] of Object.entries(FLOWS)) {
    const path = `test/fixtures/flows/${file}.ts`;
    files[path] = await readFile(join(PROJECT, path), "utf8");
    const tags = ["dev", "idempotent"];
    yaml.deployments.push({
      name: file,
      entrypoint: path,
      tags,
      work_pool: { name: "dev-process" },
      description: name,
    });
  }
  await repository.push({ ...files, "prefect.yaml": stringify(yaml) });
  const server = await startGitServer({ folder, credentials: { password: GIT_TOKEN } });
  context.closers.add("git server", () => server.close());
  const port = await forwardToHost(context, Number(new URL(server.url).port));
  return `http://${cluster.hostAddress}:${port}/migration.git`;
}

/** Oracle, MariaDB and S3, and the variables by which a pod reaches them. */
async function startTargets(context: StackContext, cluster: Cluster): Promise<Record<string, string>> {
  const stack = await openStack({ onProgress: context.progress });
  context.closers.add("local stack", () => stack.close());
  const { mariadb, oracle, s3 } = await stack.ensure("mariadb", "oracle", "s3");
  const way = async (port: number) => String(await forwardToHost(context, port));
  const endpoint = new URL(s3.endpoint);
  endpoint.hostname = cluster.hostAddress;
  endpoint.port = await way(Number(endpoint.port));
  return {
    ...stack.environment(),
    DATABASE_HOST: cluster.hostAddress,
    DATABASE_PORT: await way(mariadb.port),
    ORACLE_PROD_HOST: cluster.hostAddress,
    ORACLE_PROD_PORT: await way(oracle.port),
    S3_ENDPOINT_URL: endpoint.href.replace(/\/$/, ""),
  };
}
