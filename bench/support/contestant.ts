import { join } from "node:path";
import type { Stack } from "../../dev/stack/index.ts";
import { PROJECT } from "../../dev/stack/install/cache.ts";
import type { PrefectApi } from "../../test/support/prefect-api.ts";
import type { Repositories } from "./repositories.ts";
import { startWorker, type WorkerProcess } from "./worker.ts";

type ContestantName = "ours" | "peer" | "peerTuned";

interface StartOptions {
  /** `--limit` of the worker. */
  readonly limit?: number;
  /** Another address of the server, e.g. of a proxy in front of it. */
  readonly apiUrl?: string;
}

/** A worker program with a work pool and deployments of its own. */
export interface Contestant {
  readonly name: ContestantName;
  /** For people: `prefect-ts`, `Prefect` … */
  readonly label: string;
  readonly pool: string;
  readonly poolId: string;
  /** Deployment whose flow does nothing. */
  readonly noop: string;
  /** Deployment whose flow tells its process id and waits; for us with the clients of a migration loaded. */
  readonly waits: string;
  start(options?: StartOptions): WorkerProcess;
}

interface Entry {
  stack: Stack<"prefect">;
  api: PrefectApi;
  repositories: Repositories;
  signal: AbortSignal;
}

/** This project's worker. */
export function ours(entry: Entry): Promise<Contestant> {
  return enter(entry, {
    name: "ours",
    label: "prefect-ts",
    command: join(PROJECT, "bin", "prefect-ts"),
    env: {},
    noop: { entrypoint: "bench/flows/noop.ts:noop", repository: entry.repositories.flows },
    waits: { entrypoint: "bench/flows/clients.ts:clients", repository: entry.repositories.withDependencies },
  });
}

/** Prefect's own worker for Python, at its defaults or polling every second. @param environment  its venv */
export function peer(entry: Entry, environment: string, tuned: boolean): Promise<Contestant> {
  return enter(entry, {
    name: tuned ? "peerTuned" : "peer",
    label: tuned ? "Prefect, tuned" : "Prefect",
    command: join(environment, "bin", "prefect"),
    env: tuned ? { PREFECT_WORKER_QUERY_SECONDS: "1" } : {},
    noop: { entrypoint: "bench/flows/noop.py:noop", repository: entry.repositories.flows },
    waits: { entrypoint: "bench/flows/waits.py:waits", repository: entry.repositories.flows },
  });
}

async function enter(
  { stack, api, signal }: Entry,
  who: Pick<Contestant, "name" | "label"> & {
    command: string;
    env: Record<string, string>;
    noop: { entrypoint: string; repository: string };
    waits: { entrypoint: string; repository: string };
  },
): Promise<Contestant> {
  const pool = `bench-${who.name}`;
  const { id: poolId } = await api.post<{ id: string }>("/work_pools/", { name: pool, type: "process" });
  const deploy = async (
    flow: string,
    { entrypoint, repository }: { entrypoint: string; repository: string },
  ) => {
    const { id: flow_id } = await api.post<{ id: string }>("/flows/", { name: flow });
    const pull_steps = [{ "prefect.deployments.steps.git_clone": { repository, branch: "dev" } }];
    const body = { name: pool, flow_id, entrypoint, work_pool_name: pool, pull_steps };
    return (await api.post<{ id: string }>("/deployments/", body)).id;
  };
  return {
    name: who.name,
    label: who.label,
    pool,
    poolId,
    noop: await deploy("Bench no-op", who.noop),
    waits: await deploy("Bench clients", who.waits),
    start: ({ limit, apiUrl } = {}) => {
      const args = ["worker", "start", "--pool", pool, "--type", "process"];
      if (limit !== undefined) args.push("--limit", String(limit));
      const env = { ...who.env, ...(apiUrl !== undefined && { PREFECT_API_URL: apiUrl }) };
      return startWorker(stack, { name: pool, command: who.command, args, env }, signal);
    },
  };
}
