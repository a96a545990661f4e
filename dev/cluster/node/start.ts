import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { runCommand } from "../../stack/command.ts";
import type { StackContext } from "../../stack/context.ts";
import { findInPath } from "../../stack/install/apt.ts";
import { freePorts } from "../../stack/ports.ts";
import { waitUntilReady } from "../../stack/ready.ts";
import { startServiceProcess } from "../../stack/service-process.ts";
import { writeKubeconfig } from "../control-plane/kubeconfig.ts";
import type { ControlPlane } from "../control-plane/start.ts";
import { installNodePackages } from "./packages.ts";
import { packPauseImage } from "./pause-image.ts";
import { containerdSettings, kubeletSettings, networkSettings } from "./settings.ts";

/** A node whose containers really run. */
export interface Node {
  /** Brings an image archive (as of `docker save`) onto the node. */
  importImage(archive: string): Promise<void>;
}

interface Network {
  readonly node: string;
  readonly bridge: string;
  readonly subnet: string;
  readonly nameService: string;
}

const READY = { timeoutMs: 120_000 };
const CLEAN = fileURLToPath(new URL("clean.sh", import.meta.url));

/** Starts containerd, kubelet and kube-proxy as the one node of the cluster. Root only, one a machine. */
export async function startNode(
  context: StackContext,
  { folder, certificates, apiUrl, kubeconfig, programs }: ControlPlane,
  network: Network,
): Promise<Node> {
  await installNodePackages((text) => context.progress("kubernetes", text));
  const socket = join(folder, "containerd", "containerd.sock");
  for (const name of ["containerd", "cni", "pause", "kubelet"])
    await mkdir(join(folder, name), { recursive: true });
  const stopCleaner = startCleaner(folder, network.bridge, programs["kube-proxy"]);
  context.closers.add("the node's leftovers", stopCleaner);
  const ctr = async (...args: string[]) => await runCommand("ctr", ["-a", socket, "-n", "k8s.io", ...args]);

  await writeFile(join(folder, "containerd.toml"), containerdSettings({ folder, socket }));
  await writeFile(
    join(folder, "cni", "10-bridge.conflist"),
    networkSettings(folder, network.bridge, network.subnet),
  );
  const containerd = startServiceProcess(context, {
    name: "containerd",
    command: (await findInPath("containerd")) ?? "containerd",
    args: ["-c", join(folder, "containerd.toml")],
  });
  await waitUntilReady(containerd, () => ctr("version"), { ...READY, signal: context.signal });
  context.closers.add("the node's containers", () => endContainers(ctr));
  await ctr("images", "import", await packPauseImage(join(folder, "pause")));

  const [port = 0, healthPort = 0, proxyHealth = 0, proxyMetrics = 0] = await freePorts(4);
  const settings = kubeletSettings(
    { folder, socket },
    { port, healthPort, nameService: network.nameService, certificate: certificates.file },
  );
  await writeFile(join(folder, "kubelet.yaml"), settings);
  const identity = await writeKubeconfig(
    join(folder, "kubelet.kubeconfig"),
    { server: apiUrl, authority: certificates.file("ca.crt") },
    {
      "client-certificate": certificates.file("kubelet.crt"),
      "client-key": certificates.file("kubelet.key"),
    },
  );
  const kubelet = startServiceProcess(context, {
    name: "kubelet",
    command: programs.kubelet,
    args: [
      ...["--config", join(folder, "kubelet.yaml"), "--kubeconfig", identity],
      ...["--root-dir", join(folder, "kubelet"), "--cert-dir", join(folder, "kubelet", "pki")],
      ...["--hostname-override", network.node],
    ],
  });
  startServiceProcess(context, {
    name: "kube-proxy",
    command: programs["kube-proxy"],
    args: [
      ...["--kubeconfig", kubeconfig, "--proxy-mode", "iptables", "--hostname-override", network.node],
      ...["--cluster-cidr", network.subnet, "--conntrack-max-per-core", "0"],
      ...["--conntrack-tcp-timeout-established", "0", "--conntrack-tcp-timeout-close-wait", "0"],
      ...["--healthz-bind-address", `127.0.0.1:${proxyHealth}`],
      ...["--metrics-bind-address", `127.0.0.1:${proxyMetrics}`],
    ],
  });
  const condition = '{.status.conditions[?(@.type=="Ready")].status}';
  const probe = async () => {
    const get = ["--kubeconfig", kubeconfig, "get", "node", network.node, "-o", `jsonpath=${condition}`];
    const ready = await runCommand(programs.kubectl, get);
    if (ready !== "True") throw new Error(`node ${network.node} has Ready=${ready}`);
  };
  await waitUntilReady(kubelet, probe, { ...READY, signal: context.signal });
  return {
    importImage: async (archive) => {
      await ctr("images", "import", archive);
    },
  };
}

/** Containers outlive kubelet, and their cgroups outlive a killed shim: so they end by containerd's own hand. */
async function endContainers(ctr: (...args: string[]) => Promise<string>): Promise<void> {
  const quietly = async (...args: string[]) => await ctr(...args).catch(() => "");
  const names = async (kind: string) =>
    (await quietly(kind, "list", "-q")).split("\n").filter((name) => name !== "");
  await Promise.all((await names("tasks")).map((name) => quietly("tasks", "delete", "-f", name)));
  await Promise.all((await names("containers")).map((name) => quietly("containers", "delete", name)));
}

/** Starts the script that cleans up when we stop, or are gone. */
function startCleaner(folder: string, bridge: string, proxy: string): () => Promise<void> {
  const child = spawn("sh", [CLEAN, folder, bridge, proxy], {
    detached: true,
    stdio: ["pipe", "ignore", "ignore"],
  });
  const ended = once(child, "exit");
  child.unref();
  return async () => {
    child.ref();
    child.stdin.end();
    await ended;
  };
}
