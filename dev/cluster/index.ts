import { runCommand } from "../stack/command.ts";
import type { StackContext } from "../stack/context.ts";
import { holdLock } from "../stack/install/hold-lock.ts";
import { startControlPlane } from "./control-plane/start.ts";
import { startNameService } from "./dns/server.ts";
import { BINARIES, type BinaryName, buildBinary } from "./install/binaries.ts";
import { startNode } from "./node/start.ts";

/** A real Kubernetes cluster of one node on this machine. */
export interface Cluster {
  /** The administrator's kubeconfig. */
  readonly kubeconfig: string;
  /** This machine as pods see it. What they shall reach has to listen on more than 127.0.0.1. */
  readonly hostAddress: string;
  kubectl(...args: string[]): Promise<string>;
  /** Makes or changes these objects. */
  apply(manifests: readonly object[]): Promise<void>;
  helm(...args: string[]): Promise<string>;
  /** Brings an image archive (as of `docker save`) onto the node; pods use it with `imagePullPolicy: Never`. */
  importImage(archive: string): Promise<void>;
  /** The programs, for what is to run beside the tests, e.g. a port-forward. */
  readonly programs: Readonly<Record<BinaryName, string>>;
}

const NETWORK = {
  node: "localhost",
  bridge: "prefectts0",
  subnet: "10.88.0.0/24",
  gateway: "10.88.0.1",
  services: "10.96.0.0/16",
  apiService: "10.96.0.1",
  nameService: "10.96.0.10",
};

/**
 * Builds what is missing (minutes, once a machine), starts the cluster and waits until its node is ready. It ends with
 * the context. One cluster a machine at a time: the second waits.
 * @throws Error when we are not root, or a part does not start, with its last log lines
 */
export async function startCluster(context: StackContext): Promise<Cluster> {
  const why = withoutCluster();
  if (why !== undefined) throw new Error(why);
  const say = (text: string) => context.progress("kubernetes", text);
  const programs = {} as Record<BinaryName, string>;
  for (const name of BINARIES) programs[name] = await buildBinary(name, say);
  // Bridge, addresses and iptables rules are the whole machine's.
  const wait = (pid: number) => say(`another cluster runs here (process ${pid}); waiting for its end`);
  await holdLock(context, "cluster", wait);
  const plane = await startControlPlane(context, programs, NETWORK);
  const node = await startNode(context, plane, NETWORK);
  const env = { ...process.env, KUBECONFIG: plane.kubeconfig };
  const kubectl = async (...args: string[]) => await runCommand(programs.kubectl, args, { env });
  const apply = async (manifests: readonly object[]) => {
    const input = manifests.map((manifest) => JSON.stringify(manifest)).join("\n---\n");
    await runCommand(programs.kubectl, ["apply", "--filename", "-"], { env, input });
  };
  await startNameService(context, { kubectl, apply, gateway: NETWORK.gateway, service: NETWORK.nameService });
  return {
    kubeconfig: plane.kubeconfig,
    hostAddress: NETWORK.gateway,
    kubectl,
    apply,
    helm: async (...args) => await runCommand(programs.helm, args, { env }),
    importImage: node.importImage,
    programs,
  };
}

/** Why no cluster can be had here; undefined where one can. */
export function withoutCluster(): string | undefined {
  if (process.platform !== "linux")
    return `a cluster of containers needs Linux, and this is ${process.platform}`;
  if (process.getuid?.() !== 0)
    return "a cluster of containers needs root: run it as root, or in a container";
  return undefined;
}
