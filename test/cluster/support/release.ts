import { randomUUID } from "node:crypto";
import { join } from "node:path";
import { inject } from "vitest";
import { runCommand } from "../../../dev/stack/command.ts";
import { PROJECT } from "../../../dev/stack/install/cache.ts";
import { prefectApi } from "../../support/prefect-api.ts";
import { waitFor } from "../../support/wait-for.ts";
import type { Release } from "./install.ts";

const provided = inject("release");
export const withoutRelease = "why" in provided ? provided.why : undefined;
/** Only for tests that are not left out. */
export const release = provided as Release;

const env = { ...process.env, KUBECONFIG: release.kubeconfig };
const chart = join(PROJECT, "charts", "specify7");
export const api = prefectApi(release.apiUrl, release.authString);
export const WORKERS = "component=prefect-dev-worker";

/** On a machine that does other things as well, a pod's start takes its time. */
export const PATIENT = { timeoutMs: 300_000, everyMs: 500 };

export interface Pod {
  readonly metadata: { readonly name: string; readonly uid: string; readonly deletionTimestamp?: string };
  readonly spec: { readonly containers: readonly { readonly image: string }[] };
  readonly status: {
    readonly phase: string;
    readonly containerStatuses?: readonly {
      readonly ready: boolean;
      readonly restartCount: number;
      readonly state: { readonly waiting?: { readonly reason: string } };
    }[];
  };
}

export interface Run {
  readonly id: string;
  readonly state_type: string;
  readonly state_name: string;
  readonly run_count: number;
  readonly state: { readonly message: string | null };
}

/** `kubectl` in the release's namespace. */
export async function kubectl(...args: string[]): Promise<string> {
  return await runCommand(release.programs.kubectl, ["--namespace", release.namespace, ...args], { env });
}

/** Any `kubectl` command with something on its standard input. */
export async function kubectlWith(input: string, ...args: string[]): Promise<string> {
  return await runCommand(release.programs.kubectl, args, { env, input });
}

export async function helm(...args: string[]): Promise<string> {
  return await runCommand(release.programs.helm, ["--namespace", release.namespace, ...args], { env });
}

/** `helm upgrade` with these values on top of the release's own; without any it is as it was installed. */
export async function upgrade(...settings: string[]): Promise<string> {
  const files = ["-f", join(chart, "staging.values.yaml"), "-f", release.valuesFile];
  // A tag is text, also where it looks like a number.
  const flag = (setting: string) => (setting.includes(".tag=") ? "--set-string" : "--set");
  const flags = settings.flatMap((setting) => [flag(setting), setting]);
  return await helm("upgrade", "specify7", chart, "--timeout", "10m", ...files, ...flags);
}

/** Pods of the worker that are not about to go. */
export async function workerPods(): Promise<Pod[]> {
  const { items } = JSON.parse(await kubectl("get", "pods", "-l", WORKERS, "-o", "json")) as { items: Pod[] };
  return items.filter((pod) => pod.metadata.deletionTimestamp === undefined);
}

export const isReady = (pod: Pod) => pod.status.containerStatuses?.every((status) => status.ready) === true;

/** Waits until so many worker pods are ready, and no others are there. */
export async function readyWorkers(count: number): Promise<Pod[]> {
  return await waitFor(
    async () => {
      const pods = await workerPods();
      return pods.length === count && pods.every(isReady) ? pods : undefined;
    },
    { ...PATIENT, what: `${count} ready worker pods` },
  );
}

/** Makes a run of the deployment; gives its id. */
export async function run(
  name: string,
  parameters: Record<string, unknown> = {},
  more = {},
): Promise<string> {
  const deployment = await api.get<{ id: string }>(`/deployments/name/${name}`);
  const body = {
    idempotency_key: randomUUID(),
    parameters,
    state: { type: "SCHEDULED", name: "Scheduled" },
    ...more,
  };
  return (await api.post<{ id: string }>(`/deployments/${deployment.id}/create_flow_run`, body)).id;
}

export const read = (id: string) => api.get<Run>(`/flow_runs/${id}`);

/** Waits until the run is in a state of this type. */
export async function inState(id: string, ...types: string[]): Promise<Run> {
  return await waitFor(
    async () => {
      const found = await read(id);
      return types.includes(found.state_type) ? found : undefined;
    },
    { ...PATIENT, what: `run ${id} is ${types.join(" or ")}` },
  );
}

export const ended = (id: string) => inState(id, "COMPLETED", "FAILED", "CRASHED", "CANCELLED");

export async function logsOf(id: string): Promise<string[]> {
  const body = { logs: { flow_run_id: { any_: [id] } }, sort: "TIMESTAMP_ASC", limit: 200 };
  return (await api.post<{ message: string }[]>("/logs/filter", body)).map(({ message }) => message);
}
